import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CancellationTokenSource } from 'vscode-jsonrpc';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EngineClient } from '../../../extension/engine/engine-client';
import type { InitializeParams, LogRecord } from '../../../runtime/protocol/engine';
import { Doctor, DocumentOpened, IndexCommand, IndexFiles } from '../../../runtime/protocol/methods';
import { bundleProgram, type Program } from '../fakes/bundle';
import { isAlive, openWindow, reached } from './windows';

const document = { uri: 'file:///a.ts', displayPath: 'a.ts', languageId: 'typescript', version: 1, text: '' };
const clients: EngineClient[] = [];
let program: Program;
let dataFolder: string;

function client(model?: string, log?: (record: LogRecord) => void): EngineClient {
  const made = openWindow({ modulePath: program.path, dataFolder, model, log });
  clients.push(made);
  return made;
}

beforeAll(async () => {
  program = await bundleProgram('test/unit/extension/small-engine.ts');
});

afterAll(() => program.remove());

beforeEach(() => {
  dataFolder = mkdtempSync(path.join(tmpdir(), 'longview-client-'));
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((engine) => engine.setAllowed(false)));
  rmSync(dataFolder, { recursive: true, force: true });
});

describe('EngineClient', () => {
  it('starts on first need alone, and not where it may not', async () => {
    const engine = client();
    await expect(engine.request(IndexFiles, undefined)).rejects.toMatchObject({ why: 'not-allowed' });
    await engine.setAllowed(true);
    expect(engine.state.kind).toBe('stopped');
    expect(await engine.request(IndexFiles, undefined)).toEqual([]);
    expect(isAlive(engine.pid!)).toBe(true);
  });

  it('leaves no process when it is switched off, even in the middle of a start', async () => {
    const engine = client();
    await engine.setAllowed(true);
    await engine.ensureStarted();
    const pid = engine.pid!;
    await engine.setAllowed(false);
    expect(engine.state.kind).toBe('stopped');
    expect(isAlive(pid)).toBe(false);

    await engine.setAllowed(true);
    const starting = engine.ensureStarted();
    await engine.setAllowed(false);
    await expect(starting).rejects.toMatchObject({ name: 'EngineUnavailableError' });
    expect(engine.state.kind).toBe('stopped');
    expect(engine.pid).toBeUndefined();
  });

  it('starts its process at once, before anything else in the editor has its turn', async () => {
    const engine = client();
    await engine.setAllowed(true);
    const starting = engine.ensureStarted();
    // The file that takes what the process writes to stderr.
    expect(readdirSync(path.join(dataFolder, 'engine'))).toEqual([expect.stringMatching(/\.log$/)]);
    await starting;
  });

  it('starts one process for many requests', async () => {
    const engine = client();
    await engine.setAllowed(true);
    let starts = 0;
    engine.onState((state) => state.kind === 'starting' && starts++);
    await Promise.all([1, 2, 3].map(() => engine.request(IndexFiles, undefined)));
    expect(starts).toBe(1);
  });

  it('rejects what a killed engine was asked, restarts, replays, and serves the next request', async () => {
    const engine = client();
    const told: InitializeParams[] = [];
    engine.onConnected((params) => {
      told.push(params);
      engine.notify(DocumentOpened, document);
    });
    await engine.setAllowed(true);
    expect(await engine.request(IndexFiles, undefined)).toHaveLength(1);
    expect(told).toMatchObject([{ dataFolder }]);
    const pending = engine.request(IndexCommand, { command: 'pause' });
    const first = engine.pid!;
    process.kill(first, 'SIGKILL');
    await expect(pending).rejects.toMatchObject({ name: 'EngineUnavailableError', why: 'crashed' });
    expect(await engine.request(IndexFiles, undefined)).toEqual([
      { path: document.uri, displayPath: document.uri, chunks: 0 },
    ]);
    expect(engine.pid).not.toBe(first);
  });

  it('gives up after the limit, and starts again when asked to', async () => {
    const engine = client();
    await engine.setAllowed(true);
    for (let crash = 0; crash < 3; crash++) {
      await expect(engine.request(Doctor, undefined)).rejects.toMatchObject({
        name: 'EngineUnavailableError',
      });
    }
    expect(engine.state.kind).toBe('failed');
    await expect(engine.request(IndexFiles, undefined)).rejects.toMatchObject({ why: 'failed' });
    await engine.restart();
    expect(await engine.request(IndexFiles, undefined)).toEqual([]);
  });

  it('gives up when the engine dies at each start', async () => {
    const records: LogRecord[] = [];
    const engine = client('die', (record) => records.push(record));
    await engine.setAllowed(true);
    const failed = reached(engine, 'failed');
    await expect(engine.ensureStarted()).rejects.toMatchObject({ name: 'EngineUnavailableError' });
    expect(await failed).toMatchObject({ reason: expect.stringContaining('exit code 3') as string });
    expect(records.at(-1)?.fields).toEqual({ stderr: 'The last words.' });
  });

  it('does not restart an engine that says why it cannot work', async () => {
    const engine = client('refuse');
    await engine.setAllowed(true);
    await expect(engine.ensureStarted()).rejects.toMatchObject({
      why: 'failed',
      message: 'No runtime for this platform.',
    });
    expect(engine.state).toEqual({ kind: 'failed', reason: 'No runtime for this platform.' });
  });

  it('passes cancellation on', async () => {
    const engine = client();
    await engine.setAllowed(true);
    await engine.ensureStarted();
    const source = new CancellationTokenSource();
    const pending = engine.request(IndexCommand, { command: 'pause' }, source.token);
    // The second request is answered after the first was sent.
    await engine.request(IndexFiles, undefined);
    source.cancel();
    expect(await pending).toEqual({ state: 'paused' });
  });

  it('does not send what was cancelled before', async () => {
    const engine = client();
    await engine.setAllowed(true);
    const source = new CancellationTokenSource();
    const pending = engine.request(IndexCommand, { command: 'pause' }, source.token);
    source.cancel();
    await expect(pending).rejects.toMatchObject({ name: 'CancelledError' });
  });
});
