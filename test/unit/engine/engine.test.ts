import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findAssets } from '../../../runtime/engine/assets';
import { Engine } from '../../../runtime/engine/engine';
import type { Session } from '../../../runtime/engine/session';
import type { EngineSettings, EngineStatus } from '../../../runtime/protocol/engine';

const root = path.join(__dirname, '..', '..', '..');
const settings: EngineSettings = {
  completionModel: 'striped-code',
  provider: 'auto',
  memoryLimit: 1024,
  threads: 2,
  indexEnabled: true,
  backgroundReading: 'off',
  storageLimit: 0,
  excludeGlobs: [],
};
const text = 'export function sum(values: number[]): number {\n  return values.';

let folder: string;
let engine: Engine;

/** A window on a project of its own, which holds one file. */
function open(name: string, overrides: Partial<EngineSettings> = {}, log: string[] = []): Promise<Session> {
  const project = path.join(folder, name);
  mkdirSync(project, { recursive: true });
  writeFileSync(path.join(project, `${name}.ts`), `/** Counts ${name}s. */\nexport const ${name} = 1;\n`);
  return engine.open(
    {
      dataFolder: path.join(folder, 'data'),
      modelsFolder: path.join(root, 'runtime', 'models'),
      workspaceFolders: [{ path: project, name }],
      settings: { ...settings, ...overrides },
    },
    ({ message }) => log.push(message),
  );
}

const request = {
  version: 1,
  offset: text.length,
  explicit: true,
  multiline: 'auto' as const,
  threshold: 0,
  alternatives: 1,
};

function complete(session: Session, uri: string) {
  session.openDocument({ uri, displayPath: 'a.ts', languageId: 'typescript', version: 1, text });
  return session.complete({ ...request, uri });
}

const ask = async (session: Session, question: string) =>
  (await session.ask({ question, folders: [], limit: 5 })).passages.map(
    ({ citation }) => citation.displayPath,
  );

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'longview-windows-'));
  engine = new Engine(path.join(folder, 'data'), { ...findAssets(__dirname), workerPath: undefined });
});

afterEach(async () => {
  await engine.dispose();
  rmSync(folder, { recursive: true, force: true });
});

it('deletes what processes that were killed have left half done', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  const left = ['cache/compiled/key', 'cache/checksums.json', 'models/.added'].map((name) =>
    path.join(folder, 'data', `${name}.${pid}.x.tmp`),
  );
  for (const place of left) {
    mkdirSync(place, { recursive: true });
    utimesSync(place, 0, 0);
  }
  await open('apple');
  await vi.waitFor(() => expect(left.filter((place) => existsSync(place))).toEqual([]));
});

it('re-orders passages by the model where that is switched on', async () => {
  const window = await open('apple', { rerank: 'auto' });
  writeFileSync(path.join(folder, 'apple', 'pear.ts'), 'export function countPears() {\n  return 2;\n}\n');
  const question = { question: 'Counts apples or pears', folders: [], limit: 5 };
  const judged = await window.ask(question);
  expect(judged.passages).toHaveLength(2);
  expect(judged.reranked).toBe(true);
  await window.setSettings(settings);
  expect((await window.ask(question)).reranked).toBe(false);
});

describe('several windows', () => {
  it('share the model, and load it once', async () => {
    const log: string[] = [];
    const [first, second] = [await open('apple', {}, log), await open('pear')];
    expect(second.host).toBe(first.host);
    const statuses: EngineStatus[] = [];
    second.onStatus((status) => statuses.push(status));
    await Promise.all([complete(first, 'file:///a.ts'), complete(second, 'file:///b.ts')]);
    expect(log.filter((message) => message === 'Model loaded')).toHaveLength(1);
    expect(statuses.some(({ model }) => model.state === 'loading')).toBe(true);
    expect(second.status().model.state).toBe('ready');
    await first.unloadModel();
    expect(second.status().model.state).toBe('unloaded');
  });

  it('do not reach each other’s documents or indexes', async () => {
    const [first, second] = [await open('apple'), await open('pear')];
    await complete(first, 'file:///a.ts');
    expect((await second.complete({ ...request, uri: 'file:///a.ts' })).silence).toBe('stale');
    expect(await ask(first, 'what counts apples?')).toEqual(['apple.ts']);
    expect(await ask(second, 'what counts apples?')).not.toContain('apple.ts');
    expect((await second.workspace.files()).map(({ displayPath }) => displayPath)).toEqual(['pear.ts']);
    expect(first.scope).not.toBe(second.scope);
    expect((await open('apple')).scope).toBe(first.scope);
  });

  it('are held to the smallest limit that one of them sets, as long as it is there', async () => {
    const [first, second] = [await open('apple'), await open('pear', { memoryLimit: 600 })];
    expect(first.status().memory.limitMB).toBe(600);
    await second.setSettings({ ...settings, memoryLimit: 700 });
    expect(first.status().memory.limitMB).toBe(700);
    await second.dispose();
    expect(first.status().memory.limitMB).toBe(1024);
  });

  it('have a model each where they choose differently, for as long as both are there', async () => {
    const [first, second] = [await open('apple'), await open('pear', { threads: 1 })];
    expect(second.host).not.toBe(first.host);
    const { host } = second;
    await second.warmUp();
    await second.dispose();
    expect(host.status().state).toBe('unloaded');
    expect(engine.hosts.all).toEqual([first.host]);
  });

  it('go on after one of them clears what was saved', async () => {
    const [first, second] = [await open('apple'), await open('pear')];
    for (const session of [first, second]) await session.workspace.idle();
    const indexFolder = path.join(folder, 'data', 'index');
    const indexes = () => readdirSync(indexFolder).filter((name) => name.endsWith('.sqlite'));
    expect(indexes()).toHaveLength(2);
    expect((await first.clearData()).bytesFreed).toBeGreaterThan(0);
    expect((await first.doctor()).sections[0]!.items).toContainEqual(
      expect.objectContaining({ value: '2 share this engine, its model and its memory' }),
    );
    expect(await ask(second, 'what counts pears?')).toEqual(['pear.ts']);
    expect(await ask(first, 'what counts apples?')).toEqual(['apple.ts']);
  });

  it('have one data folder', async () => {
    await expect(
      engine.open({ dataFolder: folder, modelsFolder: '', workspaceFolders: [], settings }, () => undefined),
    ).rejects.toThrow(/keeps its data in/);
  });
});

describe('a summary for other programs', () => {
  it('is made of files that the workspace shows, and of no others', async () => {
    const session = await open('apple');
    const project = path.join(folder, 'apple');
    mkdirSync(path.join(folder, 'beside'));
    writeFileSync(path.join(folder, 'beside', 'outside.ts'), 'export const outside = 1;\n');
    symlinkSync(path.join(folder, 'beside', 'outside.ts'), path.join(project, 'link.ts'));
    writeFileSync(path.join(project, '.gitignore'), 'ignored.ts\n');
    writeFileSync(path.join(project, 'ignored.ts'), 'export const ignored = 1;\n');
    writeFileSync(path.join(project, '.env'), 'KEY=1\n');
    const summarize = (name: string) => session.summarize({ path: name, forOthers: true });
    for (const name of ['apple.ts', './apple.ts', path.join(project, 'apple.ts')])
      expect((await summarize(name)).path).toBe(path.join(project, 'apple.ts'));
    for (const name of ['../beside/outside.ts', 'link.ts', 'ignored.ts', '.env', '/etc/passwd', 'nowhere.ts'])
      await expect(summarize(name)).rejects.toThrow('is not shown to other programs');
  });
});

describe('what was read, over restarts', () => {
  const saving: Partial<EngineSettings> = { backgroundReading: 'idle', storageLimit: 500 };
  const long = `${Array.from({ length: 60 }, (_, i) => `export const name${i} = other${i}(${i});`).join('\n')}\nexport const last = `;

  const savedFiles = () =>
    readdirSync(path.join(folder, 'data'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.state'),
    );

  /** One life of the engine: a suggestion at the end of the file, a quiet moment, the end. */
  async function life(file: string, overrides: Partial<EngineSettings>): Promise<number> {
    engine = new Engine(path.join(folder, 'data'), findAssets(__dirname));
    const session = await open('apple', overrides);
    const document = { displayPath: file, languageId: 'typescript', version: 1, text: long };
    const uri = `file://${path.join(folder, 'apple', file)}`;
    session.openDocument({ ...document, uri, path: path.join(folder, 'apple', file) });
    await session.workspace.idle();
    const { cost } = await session.complete({ ...request, uri, offset: long.length });
    await session.reading.readNow();
    await engine.dispose();
    return cost.tokensRead;
  }

  it('the first suggestion after a restart reads the line of the cursor at most', async () => {
    const first = await life('long.ts', saving);
    expect(first).toBeGreaterThan(500);
    expect(savedFiles().length).toBeGreaterThan(0);
    expect(await life('long.ts', saving)).toBeLessThanOrEqual(8);
  });

  it('nothing is left of an ignored file', async () => {
    mkdirSync(path.join(folder, 'apple'), { recursive: true });
    writeFileSync(path.join(folder, 'apple', '.gitignore'), 'ignored.ts\n');
    await life('ignored.ts', saving);
    expect(savedFiles()).toEqual([]);
  });

  it('a program that saves nothing leaves what is there alone; a limit of 0 does not', async () => {
    await life('long.ts', saving);
    const saved = savedFiles();
    const { storageLimit: _, ...saveless } = settings;
    engine = new Engine(path.join(folder, 'data'), findAssets(__dirname));
    const session = await engine.open(
      {
        dataFolder: path.join(folder, 'data'),
        modelsFolder: path.join(root, 'runtime', 'models'),
        workspaceFolders: [],
        settings: { ...saveless, indexEnabled: false },
      },
      () => undefined,
    );
    await complete(session, 'file:///elsewhere.ts');
    await engine.dispose();
    expect(savedFiles()).toEqual(saved);
    await life('long.ts', { ...saving, storageLimit: 0 });
    expect(savedFiles()).toEqual([]);
  });
});
