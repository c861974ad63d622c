/** An encoder as a window's choice, from the setting to the passages of an answer. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findAssets } from '../../../runtime/engine/assets';
import { Engine } from '../../../runtime/engine/engine';
import type { Session } from '../../../runtime/engine/session';
import type { EngineSettings, InitializeParams } from '../../../runtime/protocol/engine';
import type { VectorStatus } from '../../../runtime/protocol/index-status';
import { bundleProgram } from '../fakes/bundle';
import { writeEncoderModel } from '../fixtures/encoder-model';
import { temporaryFolder, writeTinyModel } from '../fixtures/model-folder';

let root: ReturnType<typeof temporaryFolder>;
let engine: Engine;
let logged: string[];
const settings: EngineSettings = {
  completionModel: 'striped-code',
  encoderModel: 'placer',
  provider: 'cpu',
  memoryLimit: 4096,
  threads: 1,
  indexEnabled: true,
  backgroundReading: 'off',
  excludeGlobs: [],
};
const within = (...names: string[]) => path.join(root.path, ...names);
const added = (name: string) => within('data', 'models', name);

const params = (overrides: Partial<EngineSettings> = {}): InitializeParams => ({
  dataFolder: within('data'),
  modelsFolder: path.join(__dirname, '../../../runtime/models'),
  workspaceFolders: [{ path: within('project'), name: 'project' }],
  settings: { ...settings, ...overrides },
});

const start = () =>
  (engine = new Engine(within('data'), { ...findAssets(__dirname), workerPath: undefined }));

async function open(overrides: Partial<EngineSettings> = {}): Promise<Session> {
  const session = await engine.open(params(overrides), ({ message }) => logged.push(message));
  await session.workspace.encoded();
  return session;
}

async function addEncoder(session: Session, name: string, seed = 5): Promise<void> {
  writeEncoderModel(within(name), seed);
  await session.models.add({ folder: within(name) }, new AbortController().signal, () => undefined);
}

const vectors = (session: Session) => session.workspace.status().vectors;
const ask = (session: Session, question: string) => session.ask({ question, folders: [], limit: 5 });

beforeEach(() => {
  root = temporaryFolder();
  logged = [];
  mkdirSync(within('project'));
  writeFileSync(within('project', 'a.ts'), 'export function signCookie() {\n  return 1;\n}\n');
  writeFileSync(within('project', 'b.ts'), 'export function findRoute() {\n  return 2;\n}\n');
  start();
});
afterEach(async () => {
  await engine.dispose();
  root.remove();
});

describe('the encoder that a window chooses', () => {
  it('gives passages their vectors, which questions then go by as well', async () => {
    const session = await open({ encoderModel: '' });
    expect(vectors(session)).toBeUndefined();
    const byWords = await ask(session, 'zebra');
    expect([byWords.nothingFound, byWords.byMeaning]).toEqual(['no-match', undefined]);
    await addEncoder(session, 'placer');
    expect((await session.models.list()).models.at(-1)).toMatchObject({ name: 'placer', encodes: true });

    await session.setSettings(settings);
    await session.workspace.encoded();
    expect(vectors(session)).toEqual({ encoder: 'placer', passages: 2, encoded: 2 });
    const answer = await ask(session, 'zebra');
    // No word of it stands anywhere: what was found its vector has found.
    expect(answer.byMeaning).toBe(true);
    expect(answer.passages).toHaveLength(2);
    const [first] = (await ask(session, 'findRoute')).passages;
    expect(first!.citation.displayPath).toBe('b.ts');
    expect((await session.doctor()).sections.find(({ title }) => title === 'Index')!.items).toContainEqual({
      level: 'ok',
      title: 'Vectors',
      value: '100 % of 2 passages, by placer',
    });

    await session.setSettings({ ...settings, encoderModel: '' });
    expect(vectors(session)).toBeUndefined();
    expect((await ask(session, 'zebra')).passages).toEqual([]);
    expect(engine.encoders.all).toEqual([]);
  });

  it('is loaded neither again after a restart, nor while nothing is to be encoded', async () => {
    await addEncoder(await open(), 'placer');
    await engine.dispose();
    start();
    await open();
    expect(logged).toContain('Encoder loaded');
    await engine.dispose();
    logged = [];
    start();
    const session = await open();
    expect(vectors(session)).toEqual({ encoder: 'placer', passages: 2, encoded: 2 });
    expect(logged).not.toContain('Encoder loaded');
    expect((await ask(session, 'zebra')).byMeaning).toBe(true);
    expect(logged).toContain('Encoder loaded');
  });

  it('goes on where a process that was killed has stopped', { timeout: 60_000 }, async () => {
    await addEncoder(await open({ encoderModel: '' }), 'placer');
    await engine.dispose();
    for (let at = 0; at < 400; at++)
      writeFileSync(within('project', `f${at}.ts`), `export function f${at}() {\n  return ${at};\n}\n`);
    const program = await bundleProgram(path.join(__dirname, 'encoding-process.ts'));
    const child = fork(program.path, [JSON.stringify(params())], { stdio: 'ignore' });
    let before: VectorStatus | null = null;
    child.on('message', (status: VectorStatus | null) => {
      before = status;
      if (status && status.encoded >= 20) child.kill('SIGKILL');
    });
    await once(child, 'exit');
    program.remove();
    const { encoded, passages } = before!;
    expect(encoded).toBeLessThan(passages);

    start();
    const session = await engine.open(params(), () => undefined);
    const told: VectorStatus[] = [];
    session.workspace.onStatus(({ vectors: status }) => status && told.push(status));
    await session.workspace.encoded();
    expect(told.find((status) => status.passages > 0)!.encoded).toBeGreaterThanOrEqual(encoded);
    expect(vectors(session)).toEqual({ encoder: 'placer', passages: 402, encoded: 402 });
  });

  it('may be another one, whose vectors are its own', async () => {
    const session = await open();
    await addEncoder(session, 'placer');
    await addEncoder(session, 'other', 6);
    await session.setSettings({ ...settings, threads: 2 });
    await session.workspace.encoded();
    await session.setSettings({ ...settings, encoderModel: 'other' });
    await session.workspace.encoded();
    expect(vectors(session)).toEqual({ encoder: 'other', passages: 2, encoded: 2 });
    expect((await ask(session, 'zebra')).byMeaning).toBe(true);
    expect(engine.encoders.all.map(({ name }) => name)).toEqual(['other']);
  });

  it('stops and goes on with the index', async () => {
    const session = await open({ encoderModel: '' });
    await addEncoder(session, 'placer');
    await session.workspace.command('pause');
    await session.setSettings(settings);
    await session.workspace.encoded();
    expect(vectors(session)).toMatchObject({ encoded: 0 });
    await session.workspace.command('resume');
    await session.workspace.encoded();
    expect(vectors(session)).toMatchObject({ encoded: 2 });
  });
});

describe('an encoder that cannot be used', () => {
  const problemOf = async (overrides: Partial<EngineSettings>, prepare?: () => void) => {
    const session = await open({ encoderModel: '' });
    await addEncoder(session, 'placer');
    writeTinyModel(added('tiny'));
    prepare?.();
    await session.setSettings({ ...settings, ...overrides });
    await session.workspace.encoded();
    const { passages, byMeaning } = await ask(session, 'signCookie');
    expect([passages.length, byMeaning]).toEqual([1, undefined]);
    expect(session.workspace.status().state).toBe('ready');
    return vectors(session)?.problem;
  };

  it.each<[string, Partial<EngineSettings>, RegExp, (() => void)?]>([
    ['is not there', { encoderModel: 'nowhere' }, /no model "nowhere" \(longview\.models\.encoder\)/],
    ['writes texts', { encoderModel: 'tiny' }, /type "striped" write texts and are no encoders/],
    ['finds no room', { memoryLimit: 1 }, /limit of 1 MB leaves no room.*memoryLimit/],
    [
      'lacks its weights',
      {},
      /no weights|is missing/,
      () => rmSync(path.join(added('placer'), 'model.safetensors')),
    ],
    [
      'is damaged',
      {},
      /tokenizer\.json is not valid JSON/,
      () => writeFileSync(path.join(added('placer'), 'tokenizer.json'), '{'),
    ],
  ])('%s: the status says so, and words go on', async (_, overrides, problem, prepare) => {
    expect(await problemOf(overrides, prepare)).toMatch(problem);
  });

  it('leaves the vectors that are there, and is found again', async () => {
    await addEncoder(await open(), 'placer');
    await engine.dispose();
    start();
    await open();
    await engine.dispose();
    start();
    renameSync(added('placer'), within('elsewhere'));
    const session = await open();
    expect(vectors(session)!.problem).toMatch(/no model "placer"/);
    expect((await session.doctor()).sections.find(({ title }) => title === 'Index')!.items).toContainEqual(
      expect.objectContaining({ title: 'Vectors', level: 'warning' }),
    );
    renameSync(within('elsewhere'), added('placer'));
    await session.setSettings(settings);
    await session.workspace.encoded();
    expect(vectors(session)).toEqual({ encoder: 'placer', passages: 2, encoded: 2 });
    expect((await ask(session, 'zebra')).byMeaning).toBe(true);
  });

  it('as any model that writes: neither completes nor answers', async () => {
    const session = await open({ encoderModel: '' });
    await addEncoder(session, 'placer');
    await session.setSettings({ ...settings, completionModel: 'placer', chatModel: 'placer' });
    await expect(session.warmUp()).rejects.toThrow(/are encoders.*"longview\.models\.encoder"/);
    const request = { question: 'signCookie', folders: [], limit: 5, write: { earlier: [] } };
    expect((await session.ask(request)).answerProblem).toMatch(
      /placer is an encoder.*"longview\.models\.chat"/,
    );
  });
});
