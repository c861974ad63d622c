import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { chunkFile, languageOf } from '../../../runtime/retrieval/chunk-file';
import { calledName, identifiersIn, referenceEdges } from '../../../runtime/retrieval/references';
import { indexChunk, Store } from '../../../runtime/retrieval/store';
import { openStoreFile } from '../../../runtime/retrieval/store-file';
import { openGrammars } from '../../../runtime/syntax';
import { grammarsFolder } from '../syntax/grammars-folder';
import { tempFolder } from './temp-folder';

beforeAll(() => openGrammars(grammarsFolder));

type Files = Record<string, string>;

async function put(store: Store, file: string, text: string) {
  const languageId = languageOf(file);
  const { outline, chunks } = await chunkFile(text, languageId);
  store.put(file, { size: 1, mtimeMs: 1 }, text, { ...outline, languageId }, chunks.map(indexChunk));
}

async function storeOf(files: Files): Promise<Store> {
  const folder = tempFolder();
  const store = new Store(openStoreFile(path.join(folder, 'index.sqlite'), folder).database);
  for (const [file, text] of Object.entries(files)) await put(store, file, text);
  return store;
}

async function edgesIn(store: Store, files: string[]) {
  const rows = await referenceEdges(files, store.names);
  return files.flatMap((from, at) => [...rows[at]!.keys()].map((to) => `${from} > ${files[to]!}`));
}

async function edgesOf(files: Files) {
  const store = await storeOf(files);
  const edges = await edgesIn(store, Object.keys(files));
  store.close();
  return edges;
}

describe('referenceEdges', () => {
  it.each<[language: string, user: string, definer: string, files: Files]>([
    [
      'Go, within a package',
      'serve.go',
      'route.go',
      {
        'serve.go': 'package web\n\nfunc Serve() {\n\tfindRoute("/")\n}\n',
        'route.go': 'package web\n\nfunc findRoute(path string) int {\n\treturn 1\n}\n',
      },
    ],
    [
      'Java, within a package',
      'Shop.java',
      'Basket.java',
      {
        'Shop.java': 'class Shop {\n  void open() {\n    new Basket();\n  }\n}\n',
        'Basket.java': 'class Basket {\n  int count;\n}\n',
      },
    ],
    [
      'C#, within a namespace',
      'Shop.cs',
      'Basket.cs',
      {
        'Shop.cs': 'namespace Shops {\n  class Shop {\n    Basket held;\n  }\n}\n',
        'Basket.cs': 'namespace Shops {\n  public class Basket {\n    public int Count;\n  }\n}\n',
      },
    ],
    [
      'C++, behind a header',
      'main.cpp',
      'shape.cpp',
      {
        'main.cpp': '#include "all.h"\n\nint main() {\n  return Shape().surface();\n}\n',
        'shape.cpp': '#include "all.h"\n\nint Shape::surface() {\n  return 4;\n}\n',
      },
    ],
    [
      'PHP, loaded by name',
      'run.php',
      'Mailer.php',
      {
        'run.php': '<?php\n$mail = new Mailer();\n',
        'Mailer.php': '<?php\nclass Mailer\n{\n    public $host;\n}\n',
      },
    ],
    [
      'Ruby, loaded by name',
      'run.rb',
      'mailer.rb',
      {
        'run.rb': 'def run\n  puts 1 if deliverable?\nend\n',
        'mailer.rb': 'class Mailer\n  def deliverable?\n    true\n  end\nend\n',
      },
    ],
    [
      'Python, taken from a package as a whole',
      'app.py',
      'pkg/shapes.py',
      {
        'app.py': 'from pkg import *\n\nprint(surface(2))\n',
        'pkg/shapes.py': 'def surface(width):\n    return width * width\n',
      },
    ],
  ])('%s', async (_, user, definer, files) => {
    expect(await edgesOf(files)).toEqual([`${user} > ${definer}`]);
  });

  it('follows no short, local, prose or own name, none that tests define, and none that many do', async () => {
    const shared = Object.fromEntries(
      [1, 2, 3, 4, 5, 6].map((at) => [`many${at}.ts`, 'export function common() {}\n']),
    );
    expect(
      await edgesOf({
        ...shared,
        'user.ts': 'add(1); common(); helper(); local(); visible(); own();\nfunction own() {}\n',
        'short.ts': 'export function add() {}\n',
        'own.ts': 'export function own() {}\n',
        'tests/helper.ts': 'export function helper() {}\n',
        'local.ts': 'const local = 1;\nexport const visible = local;\n',
        'README.md': '# helper\n\nCall `visible()`, which is `own`.\n',
      }),
    ).toEqual(['user.ts > local.ts']);
  });

  it('weighs a name by how few use it, shared among those that define it', async () => {
    const names = {
      definedIn: (file: string) => ({ a: ['rare'], b: ['often'], c: ['often'] })[file] ?? [],
      usedIn: (file: string) => ({ x: ['rare', 'often'], y: ['often'] })[file] ?? [],
    };
    const [x, y] = await referenceEdges(['x', 'y', 'a', 'b', 'c'], names);
    expect([...x!]).toEqual([
      [2, Math.log(1 + 5)],
      [3, Math.log(1 + 5 / 2) / 2],
      [4, Math.log(1 + 5 / 2) / 2],
    ]);
    expect([...y!.keys()]).toEqual([3, 4]);
  });

  it('keeps the heaviest twenty edges of a file', async () => {
    const files = Array.from({ length: 30 }, (_, at) => `file${at}`);
    const names = {
      definedIn: (file: string) => [`name_${file}`],
      // The first ten definitions are used by all.
      usedIn: (file: string) =>
        files.filter((_, at) => file === 'file0' || at < 10).map((each) => `name_${each}`),
    };
    const rows = await referenceEdges(files, names);
    expect([...rows[0]!.keys()].sort((a, b) => a - b)).toEqual(files.map((_, at) => at).slice(10));
  });

  it('knows after an edit what the file uses now', async () => {
    const files = {
      'a.ts': 'first();\n',
      'b.ts': 'export function first() {}\n',
      'c.ts': 'export function second() {}\n',
    };
    const store = await storeOf(files);
    await put(store, 'a.ts', 'second();\n');
    expect(await edgesIn(store, Object.keys(files))).toEqual(['a.ts > c.ts']);
    store.remove(['c.ts']);
    expect(await edgesIn(store, ['a.ts', 'b.ts'])).toEqual([]);
    store.close();
  });

  it('stops when it is told to', async () => {
    const files = Array.from({ length: 2000 }, (_, at) => `${at}`);
    const slow = () => {
      const end = performance.now() + 0.1;
      while (performance.now() < end);
      return [];
    };
    await expect(
      referenceEdges(files, { definedIn: slow, usedIn: slow }, AbortSignal.abort(new Error('stopped'))),
    ).rejects.toThrow('stopped');
  });
});

it('takes identifiers that are neither short nor data', () => {
  expect([...identifiersIn(`if (a1) $scope.größe = _make2(x, '${'z'.repeat(81)}'); $scope`)]).toEqual([
    '$scope',
    'größe',
    '_make2',
  ]);
});

it.each([
  ['area', 'area'],
  ['Shape::area', 'area'],
  ['accept?', 'accept'],
  ['r#async', 'async'],
  ['operator+=', 'operator'],
  ['', ''],
])('finds what calls %s', (symbol, name) => expect(calledName(symbol)).toBe(name));

it('counts the definitions of a name that files show now and others can reach', async () => {
  const store = await storeOf({
    'a.ts': 'export function open() {}\n',
    'b.ts': 'class Door {\n  open() {}\n}\n',
    'c.ts': 'function f() {\n  const open = 1;\n}\n',
  });
  expect(store.names.definitions('open', 10)).toBe(2);
  expect(store.names.definitions('open', 1)).toBe(1);
  await put(store, 'a.ts', 'export function close() {}\n');
  expect(store.names.definitions('open', 10)).toBe(1);
  store.close();
});
