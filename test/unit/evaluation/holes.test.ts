import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateHoles } from '../../../runtime/evaluation/holes';
import { parseHoles, type Hole } from '../../../runtime/evaluation/hole';
import { makeHoles, type RepoFile } from '../../../runtime/evaluation/make-holes';
import { withRepository } from '../../../runtime/evaluation/hole-repository';
import { openTestGrammars } from '../retrieval/grammars';
import { FakeEngine } from './fake-engine';

function hole(more: Partial<Hole>): Hole {
  return {
    id: 'x',
    language: 'typescript',
    path: 'a.ts',
    kind: 'rest',
    before: 'const a = ',
    after: '\n',
    target: 'one();',
    repo: [],
    ...more,
  };
}

const lines = (...holes: Hole[]) => holes.map((each) => JSON.stringify(each)).join('\n');

describe('evaluateHoles', () => {
  it('compares up to the first newline, trailing spaces aside, and whole blocks', async () => {
    const engine = new FakeEngine((before) =>
      before.startsWith('def')
        ? { text: 'a = 1\n    return a', confidence: 0.9 }
        : { text: 'one();  ', confidence: 0.1 },
    );
    const report = await evaluateHoles(
      lines(
        hole({}),
        hole({ target: 'two();' }),
        hole({ language: 'python', kind: 'block', before: 'def f():\n    ', target: 'a = 1\n    return a' }),
        hole({ language: 'python', kind: 'block', before: 'def f():\n    ', target: 'a = 1\n    return b' }),
      ),
      engine,
      { context: 'file' },
    );
    expect(report).toMatchObject({
      n: 4,
      exactMatch: 0.5,
      silentShare: 0.5,
      precisionWhenShown: 0.5,
      tokensReadPerHole: 10,
    });
    expect(report.byLanguage.typescript).toMatchObject({
      n: 2,
      exactMatch: 0.5,
      silentShare: 1,
      precisionWhenShown: null,
    });
    expect(report.byKind.block!.n).toBe(2);
    expect(report.calibration[1]).toMatchObject({ from: 0.1, n: 2, exactMatch: 0.5 });
    expect(report.calibration[9]).toMatchObject({ n: 2, exactMatch: 0.5 });
    expect(engine.documents.size).toBe(0);
  });

  it('asks as a user does by hand, so that nothing is held back', async () => {
    const engine = new FakeEngine(() => ({ text: 'one();', confidence: 0.001 }));
    const report = await evaluateHoles(lines(hole({})), engine, { context: 'file' });
    expect(engine.requests[0]).toMatchObject({ explicit: true, threshold: 0 });
    expect(report.exactMatch).toBe(1);
  });

  it('does not count brackets that stand after the cursor already', async () => {
    const engine = new FakeEngine(() => ({ text: 'a, b);', confidence: 1 }));
    const report = await evaluateHoles(lines(hole({ before: 'f(', after: ');\n', target: 'a, b' })), engine, {
      context: 'file',
    });
    expect(report.exactMatch).toBe(1);
  });

  it('cuts the context for "none" at a line, 1,024 tokens back', async () => {
    const before = `${Array.from({ length: 3000 }, (_, i) => `line ${i}`).join('\n')}\nconst a = `;
    const engine = new FakeEngine(() => undefined);
    await evaluateHoles(lines(hole({ before })), engine, { context: 'none' });
    const shown = engine.opened[0]!.text;
    expect(shown.startsWith('\nline ')).toBe(true);
    expect(shown.match(/\S+/g)!.length).toBeGreaterThan(1015);
    expect(shown.match(/\S+/g)!.length).toBeLessThanOrEqual(1024);
  });

  it('shows the other files as a workspace on disk, without the file of the hole, and cleans up', async () => {
    const shown: (string[] | undefined)[] = [];
    let folder = '';
    const engine = Object.assign(new FakeEngine(() => undefined), {
      setFolders: (folders: { path: string }[]) => {
        folder = folders[0]?.path ?? folder;
        shown.push(folders[0] && readdirSync(folders[0].path, { recursive: true }).map(String).sort());
        return Promise.resolve();
      },
      indexIdle: () => Promise.resolve(),
      lookAround: (uri: string, offset: number) => {
        expect(engine.documents.get(uri)).toMatchObject({ path: path.join(folder, 'a.ts') });
        expect(offset).toBe(10);
        return Promise.resolve();
      },
    });
    const repo = [
      { path: 'deep/b.ts', text: 'b' },
      { path: 'a.ts', text: 'const a = one();' },
    ];
    const report = await evaluateHoles(lines(hole({ repo }), hole({})), engine, { context: 'repo' });
    expect(report.context).toBe('repo');
    expect(shown.filter((files) => files)).toEqual([['deep', path.join('deep', 'b.ts')], []]);
    expect(shown.at(-1)).toBe(undefined);
    expect(existsSync(folder)).toBe(false);
  });

  it('writes no file outside of the workspace, and says what is missing', async () => {
    const engine = Object.assign(new FakeEngine(() => undefined), {
      setFolders: () => Promise.resolve(),
      indexIdle: () => Promise.resolve(),
    });
    const escaping = lines(hole({ repo: [{ path: '../b.ts', text: 'b' }] }));
    await expect(evaluateHoles(escaping, engine, { context: 'repo' })).rejects.toThrow(
      /outside.*\.\.\/b\.ts/,
    );
    const without = new FakeEngine(() => undefined);
    await expect(evaluateHoles(lines(hole({})), without, { context: 'repo' })).rejects.toThrow(
      /opens folders/,
    );
  });

  it('takes holes from the whole file when limited', async () => {
    const engine = new FakeEngine(() => undefined);
    const all = Array.from({ length: 10 }, (_, i) => hole({ before: `${i}` }));
    await evaluateHoles(lines(...all), engine, { context: 'file', limit: 2 });
    expect(engine.opened.map(({ text }) => text[0])).toEqual(['0', '5']);
  });
});

describe('parseHoles', () => {
  it.each([
    ['', /No holes in f\.jsonl/],
    ['nonsense', /Line 1 of f\.jsonl is not JSON/],
    ['{"language":"python"}', /Line 1 of f\.jsonl has no text "path"/],
    [JSON.stringify(hole({ kind: 'word' as never })), /unknown "kind": use rest, line, block/],
    [JSON.stringify(hole({ repo: [{ path: 'b.ts' }] as never })), /"repo" that is no list of files/],
  ])('names what is wrong with %j', (text, message) => {
    expect(() => parseHoles(text, 'f.jsonl')).toThrow(message);
  });
});

describe('makeHoles', () => {
  const body = Array.from({ length: 20 }, (_, i) => [
    `def function_${i}(value):`,
    `    a = value + ${i}`,
    '    return a * 2',
    '',
  ]);
  const files: RepoFile[] = ['a.py', 'b/c.py', 'b/d.py'].map((path) => ({
    path,
    language: 'python',
    text: body.flat().join('\n'),
  }));
  const options = { count: 30, kinds: { rest: 4, line: 1, block: 1 } };
  const holes = makeHoles(files, 7, options);

  it('cuts the same holes from the same files and seed', () => {
    expect(makeHoles([...files].reverse(), 7, options)).toEqual(holes);
    expect(makeHoles(files, 8, options)).not.toEqual(holes);
  });

  it('keeps the parts of each kind, and no hole twice', () => {
    expect(holes).toHaveLength(30);
    expect(holes.filter(({ kind }) => kind === 'rest')).toHaveLength(20);
    expect(holes.filter(({ kind }) => kind === 'block')).toHaveLength(5);
    expect(new Set(holes.map(({ path, before }) => path + before.length)).size).toBe(30);
  });

  it('takes out exactly what stood there', () => {
    for (const { before, target, after, kind } of holes) {
      expect(before + target + after).toBe(files[0]!.text);
      expect(after === '' || after.startsWith('\n')).toBe(true);
      if (kind !== 'block') expect(target).toMatch(/^[^\n]{4,80}$/);
      else expect(target.split('\n')).toHaveLength(2);
    }
  });

  it('cuts at the depths that are wanted, in turn, and leaves out those that no file has', () => {
    const long = { path: 'long.py', language: 'python', text: body.flat().join('\n').repeat(20) };
    const deep = makeHoles([...files, long], 7, { count: 20, depths: [100, 4000, 1_000_000] });
    expect(deep).toHaveLength(20);
    const depths = deep.map(({ before }) => before.length / 4);
    expect(depths.filter((depth) => depth >= 70 && depth <= 150).length).toBeGreaterThan(5);
    expect(depths.filter((depth) => depth >= 2900 && depth <= 5500).length).toBeGreaterThan(5);
    expect(depths.every((depth) => depth < 5500)).toBe(true);
  });
});

describe('withRepository', () => {
  beforeAll(openTestGrammars);
  const texts: Record<string, string> = {
    'src/a.ts': "import { b } from './deep/b';\n\nb();\n",
    'src/deep/b.ts': 'export function b() {\n  return 1;\n}\n',
    'src/near.ts': 'export const near = 1;\n',
    'far/away.ts': 'export const far = 1;\n',
  };
  const sources = Object.keys(texts);
  const files = { read: (path: string) => Promise.resolve(texts[path]) };
  const cutHole = hole({ path: 'src/a.ts', before: "import { b } from './deep/b';\n\nb", after: '\n' });

  it('adds what the imports lead to, then the nearest files, never the one with the hole', async () => {
    const { repo } = await withRepository(cutHole, files, sources);
    expect(repo.map(({ path }) => path)).toEqual(['src/deep/b.ts', 'src/near.ts', 'far/away.ts']);
    expect(repo[0]!.text).toBe(texts['src/deep/b.ts']);
  });

  it('keeps to its bound', async () => {
    const { repo } = await withRepository(cutHole, files, sources, 300);
    expect(repo.map(({ path }) => path)).toEqual(['src/deep/b.ts', 'src/near.ts']);
  });
});
