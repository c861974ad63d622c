import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createPathRules } from '../../../runtime/retrieval/path-rules';

const git = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

// No name of a single non-ASCII character: git's `?` and `[…]` match one byte, ours one character.
const name = fc.constantFrom(
  'a',
  'b',
  'ab',
  'Ab',
  'a b',
  'x.ts',
  'y.ts',
  'log',
  '[c]',
  '#d',
  '!e',
  'üb',
  'lib',
  'n\nl',
  'q*',
  'z ',
);
const filePath = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const piece = fc.constantFrom(
  'a',
  'b',
  'ab',
  '*',
  '?',
  'x.ts',
  '*.ts',
  '**',
  'log',
  'lib',
  'üb',
  '[ab]',
  '[!a]',
  '[a-b]*',
  '\\#d',
  '\\!e',
  '#d',
  'a\\ b',
  'A*',
  'q\\*',
);
const pattern = fc
  .tuple(
    fc.constantFrom('', '', '', '!'),
    fc.constantFrom('', '', '/'),
    fc.array(piece, { minLength: 1, maxLength: 3 }),
    fc.constantFrom('', '', '/'),
    fc.constantFrom('', '', ' ', '\r', '/**', '/*'),
  )
  .map(([not, anchor, parts, slash, tail]) => not + anchor + parts.join('/') + slash + tail);
const ignoreFile = fc.array(pattern, { maxLength: 5 }).map((lines) => lines.join('\n'));

interface Tree {
  files: string[];
  root: string;
  nested: { at: number; text: string }[];
  exclude: string;
}
const tree: fc.Arbitrary<Tree> = fc.record({
  files: fc.array(filePath, { minLength: 1, maxLength: 12 }),
  root: ignoreFile,
  nested: fc.array(fc.record({ at: fc.nat(20), text: ignoreFile }), { maxLength: 3 }),
  exclude: fc.array(pattern, { maxLength: 2 }).map((lines) => lines.join('\n')),
});

function build(plan: Tree): { folder: string; files: string[] } {
  const folder = mkdtempSync(path.join(tmpdir(), 'longview-ignore-'));
  made.push(folder);
  execFileSync('git', ['init', '-q', folder], { env: git });
  const files: string[] = [];
  for (const file of plan.files) {
    try {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), '', { flag: 'wx' });
      files.push(file);
    } catch {
      // A file where a folder is wanted, or twice the same: such a plan is a smaller one.
    }
  }
  writeFileSync(path.join(folder, '.gitignore'), plan.root);
  for (const { at, text } of plan.nested) {
    const parent = path.dirname(files[at % Math.max(1, files.length)] ?? 'x');
    writeFileSync(path.join(folder, parent, '.gitignore'), text);
  }
  mkdirSync(path.join(folder, '.git/info'), { recursive: true });
  writeFileSync(path.join(folder, '.git/info/exclude'), plan.exclude);
  return { folder, files };
}

function ignoredByGit(folder: string, files: string[]): string[] {
  try {
    const out = execFileSync('git', ['check-ignore', '--no-index', '-z', '--stdin'], {
      cwd: folder,
      env: git,
      input: files.join('\0'),
    });
    return out.toString().split('\0').filter(Boolean).sort();
  } catch (error) {
    // Exit status 1: none is ignored.
    if ((error as { status?: number }).status === 1) return [];
    throw error;
  }
}

describe('path rules against git check-ignore', () => {
  it('leave out the same files on random trees with ignore files at every level', () => {
    fc.assert(
      fc.property(tree, (plan) => {
        const { folder, files } = build(plan);
        const rules = createPathRules(folder);
        const ours = files.filter((file) => 'skipped' in rules.verdict(path.join(folder, file))).sort();
        expect(ours).toEqual(ignoredByGit(folder, files));
        rmSync(folder, { recursive: true, force: true });
      }),
      { numRuns: 80 },
    );
  });

  it('agree inside a sub-folder that is opened as the workspace', () => {
    const { folder } = build({
      files: ['lib/a/x.ts', 'lib/y.ts', 'lib/log/x.ts'],
      root: '/lib/log\n*.tmp',
      nested: [],
      exclude: 'y.ts',
    });
    const rules = createPathRules(path.join(folder, 'lib'));
    const verdict = (file: string) => rules.verdict(path.join(folder, 'lib', file));
    expect(verdict('a/x.ts')).toEqual({ included: true });
    expect(verdict('y.ts')).toEqual({ skipped: 'ignored' });
    expect(verdict('log/x.ts')).toEqual({ skipped: 'ignored' });
    expect(verdict('b.tmp')).toEqual({ skipped: 'ignored' });
  });

  it('read the exclude file of the repository that a linked worktree belongs to', () => {
    const { folder } = build({ files: ['a'], root: '', nested: [], exclude: 'private' });
    execFileSync(
      'git',
      ['-c', 'user.name=t', '-c', 'user.email=t@t', 'commit', '-q', '--allow-empty', '-m', 'x'],
      { cwd: folder, env: git },
    );
    const linked = mkdtempSync(path.join(tmpdir(), 'longview-worktree-'));
    made.push(linked);
    execFileSync('git', ['worktree', 'add', '-q', '--force', path.join(linked, 'w')], {
      cwd: folder,
      env: git,
    });
    expect(createPathRules(path.join(linked, 'w')).verdict(path.join(linked, 'w', 'private'))).toEqual({
      skipped: 'ignored',
    });
  });
});
