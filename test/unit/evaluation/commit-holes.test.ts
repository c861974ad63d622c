import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { commitHoles, editsOf } from '../../../runtime/evaluation/commit-holes';
import { GitHistory, parseHunks } from '../../../runtime/evaluation/git-history';
import { TextBuffer } from '../../../runtime/engine/text-buffer';
import { temporaryFolder } from '../fixtures/model-folder';
import { openTestGrammars } from '../retrieval/grammars';

const filler = Array.from({ length: 30 }, (_, i) => `const filler${i} = ${i};`).join('\n');

describe('hunks of a diff', () => {
  it('count lines from 0, also where one side has none', () => {
    const diff = '@@ -3,2 +3,0 @@ f\n-a\n-b\n@@ -7,0 +6 @@\n+c\n@@ -9 +9 @@\n-d\n+e\n';
    expect(parseHunks(diff)).toEqual([
      { oldStart: 2, oldLines: 2, newStart: 3, newLines: 0 },
      { oldStart: 7, oldLines: 0, newStart: 5, newLines: 1 },
      { oldStart: 8, oldLines: 1, newStart: 8, newLines: 1 },
    ]);
  });

  it.each([
    ['a\nb\nc\nd\ne', 'a\nx\nc\nd\nnew\ne', '@@ -2 +2 @@\n@@ -4,0 +5 @@\n'],
    ['a\nb\nc\n', 'c\n', '@@ -1,2 +0,0 @@\n'],
    ['a\n', 'a\nb', '@@ -1,0 +2 @@\n'],
  ])('turn one text into the other as edits', (before, after, diff) => {
    const text = new TextBuffer(before);
    for (const edit of editsOf(before, after, parseHunks(diff)))
      text.replace(edit.offset, edit.length, edit.text);
    expect(text.toString()).toBe(after);
  });
});

describe('holes from commits', () => {
  let root: ReturnType<typeof temporaryFolder>;
  beforeAll(openTestGrammars);
  beforeEach(() => (root = temporaryFolder()));
  afterEach(() => root.remove());

  function commit(files: Record<string, string>, message: string) {
    mkdirSync(root.path, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(root.path, name), text);
    git('add', '.');
    git('commit', '-q', '-m', message);
  }
  function git(...args: string[]) {
    const who = ['-c', 'user.name=T', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false'];
    execFileSync('git', [...who, ...args], { cwd: root.path });
  }
  const options = {
    seed: 1,
    count: 10,
    commits: 100,
    languageOf: (file: string) => (file.endsWith('.ts') ? 'typescript' : undefined),
    signal: new AbortController().signal,
  };

  it('are cut into a line that a commit added, with what it changed elsewhere as edits', async () => {
    mkdirSync(root.path, { recursive: true });
    git('init', '-q');
    const other = `${filler}\nexport function old(value: number) {}\n`;
    const aDone = `${filler}\nconst added = renamed(1, 2, 3);\nlast();\n`;
    commit({ 'a.ts': `${filler}\nlast();\n`, 'b.ts': other, 'readme.md': 'x\n' }, 'first');
    commit({ 'readme.md': 'y\n', 'b.ts': `${other}// one file of code alone\n` }, 'second');
    commit({ 'a.ts': aDone, 'b.ts': other.replace('old', 'renamed') }, 'third');
    const holes = await commitHoles(new GitHistory(root.path), options);
    expect(holes).toHaveLength(1);
    const [hole] = holes as [(typeof holes)[0]];
    const { before, target, after } = hole;
    if (hole.path === 'a.ts') {
      expect(before + target + after).toBe(aDone);
      expect('const added = renamed(1, 2, 3);'.endsWith(target)).toBe(true);
    }
    const [edited] = hole.edited!;
    const text = new TextBuffer(edited!.text);
    for (const edit of edited!.edits) text.replace(edit.offset, edit.length, edit.text);
    const now = hole.path === 'a.ts' ? other.replace('old', 'renamed') : aDone;
    expect(text.toString()).toBe(now);
    // On disk the other file is as it was changed; the one with the hole is not there.
    expect(hole.repo).toEqual([{ path: edited!.path, text: now }]);
  });

  it('say when a folder is no repository', async () => {
    mkdirSync(root.path, { recursive: true });
    await expect(commitHoles(new GitHistory(root.path), options)).rejects.toThrow(/git log failed in/);
  });
});
