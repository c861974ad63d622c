import { fork } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { openDatabase } from '../../../runtime/retrieval/database';
import { WorkspaceIndex } from '../../../runtime/retrieval';
import { openTestGrammars } from './grammars';
import { tempFolder, write } from './temp-folder';

beforeAll(openTestGrammars);

const files = {
  'src/cookies.ts':
    "import { hash } from './hash';\n\n/** Signs a cookie. */\nexport function signCookie(value: string): string {\n  return hash(value);\n}\n",
  'src/hash.ts': 'export function hash(text: string): string {\n  return text;\n}\n',
  'tests/cookies.test.ts':
    "import { signCookie } from '../src/cookies';\ntest('signCookie', () => signCookie('x'));\n",
  'pkg/__init__.py': 'from .shapes import area\n',
  'pkg/shapes.py': 'def area(width, height):\n    """Area of a rectangle."""\n    return width * height\n',
};

async function indexOf(root: string | string[], dataFolder = tempFolder(), notices: string[] = []) {
  const folders = [root].flat().map((folder) => ({ path: folder, name: path.basename(folder) }));
  const index = new WorkspaceIndex({ dataFolder, folders, onNotice: (notice) => notices.push(notice) });
  await index.open();
  index.start();
  await index.idle();
  return index;
}
const found = (index: WorkspaceIndex, question: string, folders: string[] = []) =>
  index.search(question, { folders, limit: 10 }).map(({ displayPath }) => displayPath);
const indexFile = (dataFolder: string) =>
  path.join(
    dataFolder,
    'index',
    readdirSync(path.join(dataFolder, 'index')).find((name) => name.endsWith('.sqlite'))!,
  );

describe('WorkspaceIndex', () => {
  it('finds the definition before its test, and names what it found', async () => {
    const index = await indexOf(tempFolder(files));
    const [first, second] = index.search('How are cookies signed?', { folders: [], limit: 5 });
    expect(first).toMatchObject({
      displayPath: 'src/cookies.ts',
      title: 'function signCookie',
      range: { startLine: 2, endLine: 5 },
    });
    expect(second!.displayPath).toBe('tests/cookies.test.ts');
    expect(found(index, 'zebra')).toEqual([]);
    expect(found(index, '')).toEqual([]);
    expect(index.status()).toMatchObject({ state: 'ready', filesDone: 5, filesTotal: 5 });
    await index.close();
  });

  it('knows who imports a file', async () => {
    const root = tempFolder(files);
    const index = await indexOf(root);
    expect(index.importersOf(path.join(root, 'src/hash.ts'))).toEqual(['src/cookies.ts']);
    expect(index.importersOf(path.join(root, 'src/cookies.ts'))).toEqual(['tests/cookies.test.ts']);
    expect(index.importersOf(path.join(root, 'pkg/shapes.py'))).toEqual(['pkg/__init__.py']);
    expect(index.importersOf(path.join(root, 'nowhere.ts'))).toEqual([]);
    await index.close();
  });

  it('follows changes, renames and deletions', async () => {
    const root = tempFolder(files);
    const index = await indexOf(root);
    write(root, 'src/hash.ts', 'export function giraffe() {\n  return 1;\n}\n');
    renameSync(path.join(root, 'pkg'), path.join(root, 'geometry'));
    rmSync(path.join(root, 'src/cookies.ts'));
    write(root, 'new/elephant.ts', 'export const elephant = 1;\n');
    index.applyChanges([
      { path: path.join(root, 'src/hash.ts'), kind: 'changed' },
      { path: path.join(root, 'pkg'), kind: 'deleted' },
      { path: path.join(root, 'geometry'), kind: 'created' },
      { path: path.join(root, 'src/cookies.ts'), kind: 'deleted' },
      { path: path.join(root, 'new'), kind: 'created' },
    ]);
    await index.idle();
    expect(found(index, 'giraffe')).toEqual(['src/hash.ts']);
    expect(found(index, 'rectangle')).toEqual(['geometry/shapes.py']);
    expect(found(index, 'signCookie')).toEqual(['tests/cookies.test.ts']);
    expect(found(index, 'elephant')).toEqual(['new/elephant.ts']);
    await index.close();
  });

  it('leaves out what an ignore file names from now on, and takes back what it no longer names', async () => {
    const root = tempFolder(files);
    const index = await indexOf(root);
    write(root, '.longviewignore', 'pkg/\n');
    index.applyChanges([{ path: path.join(root, '.longviewignore'), kind: 'created' }]);
    await index.idle();
    expect(found(index, 'rectangle')).toEqual([]);
    expect(await index.read(path.join(root, 'pkg/shapes.py'))).toBeUndefined();
    expect(index.files()).toContainEqual({
      path: path.join(root, 'pkg/'),
      displayPath: 'pkg/',
      chunks: 0,
      skipped: 'ignored',
    });
    rmSync(path.join(root, '.longviewignore'));
    index.applyChanges([{ path: path.join(root, '.longviewignore'), kind: 'deleted' }]);
    await index.idle();
    expect(found(index, 'rectangle')).toEqual(['pkg/shapes.py']);
    expect(index.files().some(({ skipped }) => skipped)).toBe(false);
    await index.close();
  });

  it('does again after a restart only what changed', async () => {
    const [root, data] = [tempFolder(files), tempFolder()];
    await (await indexOf(root, data)).close();
    const database = openDatabase(indexFile(data));
    const before = database.all<{ id: number; path: string }>('SELECT id, path FROM files');
    database.close();
    write(root, 'src/hash.ts', 'export const changedNow = 1;\n');
    utimesSync(path.join(root, 'src/hash.ts'), 1, 1);
    await (await indexOf(root, data)).close();
    const again = openDatabase(indexFile(data));
    const after = again.all<{ id: number; path: string }>('SELECT id, path FROM files');
    again.close();
    const kept = after.filter(({ id, path: file }) =>
      before.some((row) => row.id === id && row.path === file),
    );
    expect(kept).toHaveLength(4);
    expect(after).toHaveLength(5);
  });

  it('finds the chunks of a content again when a branch is switched back', async () => {
    const root = tempFolder(files);
    const index = await indexOf(root);
    const chunkIds = () => index.search('rectangle area', { folders: [], limit: 1 })[0]?.hash;
    const first = chunkIds();
    const count = index.status().chunks;
    for (const text of ['x = 1\n', files['pkg/shapes.py']]) {
      write(root, 'pkg/shapes.py', text);
      index.applyChanges([{ path: path.join(root, 'pkg/shapes.py'), kind: 'changed' }]);
      await index.idle();
    }
    expect(chunkIds()).toBe(first);
    expect(index.status().chunks).toBe(count + 1);
    await index.close();
  });

  it('never holds secrets, binaries or what is too large, and says so', async () => {
    const root = tempFolder({
      '.env': 'PASSWORD=hippopotamus\n',
      'keys/server.pem': 'hippopotamus',
      'key.txt': `-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7\nhippopotamus\n`,
      'data.ts': Uint8Array.of(104, 0, 105),
      'big.log': 'hippopotamus\n'.repeat(100_000),
    });
    const index = await indexOf(root);
    expect(found(index, 'hippopotamus')).toEqual([]);
    expect(index.files()).toMatchObject([
      { displayPath: '.env', chunks: 0, skipped: 'secret' },
      { displayPath: 'big.log', chunks: 0, skipped: 'too-large' },
      { displayPath: 'data.ts', chunks: 0, skipped: 'binary' },
      { displayPath: 'key.txt', chunks: 0, skipped: 'secret' },
      { displayPath: 'keys/server.pem', chunks: 0, skipped: 'secret' },
    ]);
    expect(await index.read(path.join(root, '.env'))).toBeUndefined();
    expect(await index.read(path.join(root, 'key.txt'))).toBeUndefined();
    await index.close();
  });

  it('keeps two folders of one name apart and searches within folders', async () => {
    const base = tempFolder({
      'one/app/a.ts': 'export const walrus = 1;\n',
      'two/app/sub/b.ts': 'export const walrus = 2;\n',
    });
    const roots = [path.join(base, 'one/app'), path.join(base, 'two/app')];
    const index = await indexOf(roots);
    expect(found(index, 'walrus').sort()).toEqual(['one/app/a.ts', 'two/app/sub/b.ts']);
    expect(index.files().map(({ path: file, displayPath }) => [file, displayPath])).toEqual([
      [path.join(roots[0]!, 'a.ts'), 'one/app/a.ts'],
      [path.join(roots[1]!, 'sub/b.ts'), 'two/app/sub/b.ts'],
    ]);
    expect(found(index, 'walrus', [path.join(roots[1]!, 'sub')])).toEqual(['two/app/sub/b.ts']);
    expect(found(index, 'walrus', [path.join(roots[0]!, 'sub')])).toEqual([]);
    await index.close();
  });

  it('answers from odd names, line ends and broken text with the right lines', async () => {
    const root = tempFolder({
      'a b/ü\n.ts': 'const a = 1;\r\n\r\n/** Penguin. */\r\nfunction penguin() {\r\n  return 1;\r\n}\r\n',
      'empty.ts': '',
      'broken.py': Uint8Array.of(0x23, 0xff, 0x0a, 0x78, 0x3d, 0x31),
    });
    const index = await indexOf(root);
    expect(index.search('penguin', { folders: [], limit: 1 })[0]).toMatchObject({
      displayPath: 'a b/ü\n.ts',
      title: 'function penguin',
      range: { startLine: 2, endLine: 5 },
    });
    expect(index.status().filesDone).toBe(3);
    await index.close();
  });

  it('is ready on an empty workspace and on none', async () => {
    for (const roots of [[tempFolder()], []]) {
      const index = await indexOf(roots);
      expect(index.status()).toMatchObject({ state: 'ready', filesTotal: 0 });
      expect(found(index, 'anything')).toEqual([]);
      await index.close();
    }
  });

  it('waits while paused and goes on when resumed', async () => {
    const root = tempFolder(files);
    const index = new WorkspaceIndex({ dataFolder: tempFolder(), folders: [{ path: root, name: 'r' }] });
    await index.open();
    index.pause();
    index.start();
    await index.idle();
    expect(index.status()).toMatchObject({ state: 'paused', filesDone: 0 });
    index.resume();
    await index.idle();
    expect(index.status()).toMatchObject({ state: 'ready', filesDone: 5 });
    await index.rebuild();
    await index.idle();
    expect(found(index, 'rectangle')).toEqual(['pkg/shapes.py']);
    await index.close();
  });

  it('lets a change stop the building of the graph, and builds it afterwards', async () => {
    const root = tempFolder(files);
    const index = await indexOf(root);
    const { answers } = index.parts[0]!;
    const building = vi
      .spyOn(answers, 'buildGraph')
      .mockImplementationOnce(
        (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      );
    const change = (name: string) => {
      write(root, name, `export const ${path.parse(name).name} = 1;\n`);
      index.applyChanges([{ path: path.join(root, name), kind: 'created' }]);
    };
    change('src/penguin.ts');
    while (!building.mock.calls.length) {
      found(index, 'penguin');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    change('src/walrus.ts');
    await index.idle();
    expect(found(index, 'walrus')).toEqual(['src/walrus.ts']);
    expect(building).toHaveBeenCalledTimes(2);
    expect(answers.needsGraph).toBe(false);
    expect(index.status().state).toBe('ready');
    await index.close();
  });

  it('says what to do when its folder cannot be written', async () => {
    const file = path.join(tempFolder({ taken: '' }), 'taken');
    const index = new WorkspaceIndex({ dataFolder: file, folders: [{ path: tempFolder(), name: 'r' }] });
    await expect(index.open()).rejects.toThrow(/writable/);
    expect(index.status().state).toBe('failed');
  });
});

describe('the index file', () => {
  it.skipIf(process.platform === 'win32')('is readable by its owner alone', async () => {
    const data = tempFolder();
    const index = await indexOf(tempFolder(files), data);
    expect(statSync(path.join(data, 'index')).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(path.join(data, 'index')))
      expect(statSync(path.join(data, 'index', name)).mode & 0o777, name).toBe(0o600);
    await index.close();
  });

  const damages: [string, (file: string) => void][] = [
    ['rubbish', (file) => writeFileSync(file, 'this is no database, but long enough to look at'.repeat(100))],
    ['cut short', (file) => truncateSync(file, 9000)],
    [
      'empty of our tables',
      (file) => {
        rmSync(file);
        const other = openDatabase(file);
        other.exec('CREATE TABLE x (y)');
        other.close();
      },
    ],
    [
      'a folder',
      (file) => {
        rmSync(file);
        mkdirSync(file);
      },
    ],
  ];
  it.each(damages)('is put aside and made anew when it is %s', async (_, damage) => {
    const [root, data, notices] = [tempFolder(files), tempFolder(), [] as string[]];
    await (await indexOf(root, data)).close();
    damage(indexFile(data));
    const index = await indexOf(root, data, notices);
    expect(notices).toHaveLength(1);
    expect(existsSync(`${indexFile(data)}.damaged`)).toBe(true);
    expect(found(index, 'rectangle')).toEqual(['pkg/shapes.py']);
    await index.close();
  });

  it('is made anew without a word when its maker was killed before the first table', async () => {
    const [root, data, notices] = [tempFolder(files), tempFolder(), [] as string[]];
    await (await indexOf(root, data)).close();
    writeFileSync(indexFile(data), '');
    const index = await indexOf(root, data, notices);
    expect(notices).toEqual([]);
    expect(found(index, 'rectangle')).toEqual(['pkg/shapes.py']);
    await index.close();
  });

  it('survives a killed writer', async () => {
    const [root, data] = [tempFolder(), tempFolder()];
    for (let at = 0; at < 300; at++)
      write(root, `f${at}.ts`, `export function name${at}() {\n  return ${at};\n}\n`);
    const script = path.join(data, 'child.ts');
    write(
      data,
      'child.ts',
      `
      import { openGrammars } from ${JSON.stringify(path.resolve('runtime/syntax'))};
      import { WorkspaceIndex } from ${JSON.stringify(path.resolve('runtime/retrieval'))};
      openGrammars('/nowhere');
      (async () => {
        const index = new WorkspaceIndex({ dataFolder: ${JSON.stringify(data)}, folders: [{ path: ${JSON.stringify(root)}, name: 'r' }] });
        await index.open();
        index.onStatus((status) => process.send!(status.filesDone));
        index.start();
        await index.idle();
      })();`,
    );
    const child = fork(script, { execArgv: ['--import', 'tsx'], stdio: 'ignore' });
    await new Promise<void>((resolve) => {
      child.on('message', (done) => {
        if (Number(done) > 20) child.kill('SIGKILL');
      });
      child.on('exit', () => resolve());
    });
    const notices: string[] = [];
    const index = await indexOf(root, data, notices);
    expect(notices).toEqual([]);
    expect(index.status()).toMatchObject({ state: 'ready', filesDone: 300, filesTotal: 300 });
    expect(found(index, 'name299')[0]).toBe('f299.ts');
    const check = openDatabase(indexFile(data));
    expect(Object.values(check.get('PRAGMA quick_check')!)).toEqual(['ok']);
    check.close();
    await index.close();
  });
});
