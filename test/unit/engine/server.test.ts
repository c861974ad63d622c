import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CancellationTokenSource } from 'vscode-jsonrpc';
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import { findAssets } from '../../../runtime/engine/assets';
import { Engine } from '../../../runtime/engine/engine';
import { serve } from '../../../runtime/engine/server';
import type { CompletionRequest } from '../../../runtime/protocol/completion';
import type { EngineSettings } from '../../../runtime/protocol/engine';
import * as methods from '../../../runtime/protocol/methods';
import type { SummaryProgress } from '../../../runtime/protocol/summaries';

const root = path.join(__dirname, '..', '..', '..');
const source = `/** Adds up. */
export function sum(values: number[]): number {
  let total = 0;
  for (const value of values) {
    total += value;
  }
  return total;
}

export function mean(values: number[]): number {
  return sum(values) / values.
}
`;

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

/** The whole engine over a wire, with the embedded model. */
describe('the engine over JSON-RPC', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'longview-engine-'));
  const workspace = path.join(folder, 'workspace');
  const file = path.join(workspace, 'stats.ts');
  const uri = `file://${file}`;
  let client: MessageConnection;
  let shutDown = false;

  const request = (overrides: Partial<CompletionRequest> = {}): CompletionRequest => ({
    uri,
    version: 1,
    offset: source.indexOf('values.\n') + 'values.'.length,
    explicit: true,
    multiline: 'auto',
    threshold: 0,
    alternatives: 1,
    ...overrides,
  });

  beforeAll(async () => {
    await import('node:fs/promises').then((fs) => fs.mkdir(workspace));
    writeFileSync(file, source);
    writeFileSync(path.join(workspace, '.env'), 'TOKEN=very-secret-token\n');
    const [up, down] = [new PassThrough(), new PassThrough()];
    const server = createMessageConnection(new StreamMessageReader(up), new StreamMessageWriter(down));
    const engine = new Engine(path.join(folder, 'data'), { ...findAssets(__dirname), workerPath: undefined });
    serve(server, engine, {
      onLeave: () => true,
      onShutdown: async () => {
        await engine.dispose();
        shutDown = true;
      },
    });
    server.listen();
    client = createMessageConnection(new StreamMessageReader(down), new StreamMessageWriter(up));
    client.listen();
    await expect(client.sendRequest(methods.Complete, request())).rejects.toThrow('not initialised');
    await client.sendRequest(methods.Initialize, {
      dataFolder: path.join(folder, 'data'),
      modelsFolder: path.join(root, 'runtime', 'models'),
      workspaceFolders: [{ path: workspace, name: 'workspace' }],
      settings,
    });
    await client.sendNotification(methods.DocumentOpened, {
      uri,
      path: file,
      displayPath: 'stats.ts',
      languageId: 'typescript',
      version: 1,
      text: source,
    });
  });

  afterAll(() => {
    client.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('completes with the embedded model', async () => {
    const { candidates, cost } = await client.sendRequest(methods.Complete, request());
    expect(candidates[0]!.text).toBe('length;');
    expect(candidates[0]!.confidence).toBeGreaterThan(0.3);
    expect(cost.tokensRead).toBeGreaterThan(50);
  });

  it('reads again only what an edit changed', async () => {
    const offset = request().offset;
    await client.sendNotification(methods.DocumentChanged, {
      uri,
      version: 2,
      edits: [{ offset, length: 0, text: 'l' }],
    });
    const { cost } = await client.sendRequest(methods.Complete, request({ version: 2, offset: offset + 1 }));
    expect(cost.tokensRead).toBeLessThan(10);
    await client.sendNotification(methods.DocumentChanged, {
      uri,
      version: 3,
      edits: [{ offset, length: 1, text: '' }],
    });
  });

  it('says why it is silent: an old version, another language, a file of secrets', async () => {
    expect((await client.sendRequest(methods.Complete, request({ version: 99 }))).silence).toBe('stale');
    const open = (name: string, languageId: string) =>
      client.sendNotification(methods.DocumentOpened, {
        uri: `file://${workspace}/${name}`,
        path: path.join(workspace, name),
        displayPath: name,
        languageId,
        version: 1,
        text: 'let a = 1\n',
      });
    await open('main.rs', 'rust');
    await open('.env', 'python');
    const ask = (name: string) =>
      client.sendRequest(methods.Complete, request({ uri: `file://${workspace}/${name}`, offset: 3 }));
    expect((await ask('main.rs')).silence).toBe('language-unknown');
    expect((await ask('.env')).silence).toBe('ignored-file');
  });

  it('gives up a cancelled request', async () => {
    const cancel = new CancellationTokenSource();
    const answer = client.sendRequest(
      methods.Complete,
      request({ version: 3, alternatives: 3 }),
      cancel.token,
    );
    cancel.cancel();
    await expect(answer).rejects.toThrow('Cancelled');
  });

  it('answers a question with lines that stand in the file, and never with secrets', async () => {
    const { passages } = await client.sendRequest(methods.Ask, {
      question: 'how is the mean of values computed?',
      folders: [],
      limit: 5,
    });
    expect(passages[0]!.citation.displayPath).toBe('stats.ts');
    const { startLine, endLine } = passages[0]!.citation.range;
    const lines = readFileSync(file, 'utf8')
      .split('\n')
      .slice(startLine, endLine + 1)
      .join('\n');
    expect(passages[0]!.text).toBe(lines);
    expect(lines).toContain('mean');
    const secret = await client.sendRequest(methods.Ask, {
      question: 'very-secret-token',
      folders: [],
      limit: 5,
    });
    expect(JSON.stringify(secret)).not.toContain('TOKEN=');
    const files = await client.sendRequest(methods.IndexFiles);
    expect(files).toContainEqual(expect.objectContaining({ displayPath: '.env', skipped: 'secret' }));
  });

  it('summarises a file, outline first', async () => {
    const stages: SummaryProgress[] = [];
    const listening = client.onProgress(methods.SummaryProgressType, 'summary-1', (progress) => {
      stages.push(progress);
    });
    const summary = await client.sendRequest(methods.Summarize, { path: file, progressToken: 'summary-1' });
    listening.dispose();
    expect(stages[0]!.stage).toBe('outline');
    expect(summary.lines.find(({ name }) => name === 'sum')).toMatchObject({
      text: 'Adds up.',
      source: 'doc',
    });
    await expect(
      client.sendRequest(methods.Summarize, { path: path.join(workspace, 'gone.ts') }),
    ).rejects.toThrow(/gone\.ts cannot be read/);
  });

  it('explains itself, clears what it saved, and shuts down', async () => {
    const report = await client.sendRequest(methods.Doctor);
    expect(report.sections.map(({ title }) => title)).toEqual([
      'Engine',
      'Model',
      'Providers',
      'Index',
      'Data',
    ]);
    const { bytesFreed } = await client.sendRequest(methods.ClearData);
    expect(bytesFreed).toBeGreaterThan(0);
    await client.sendRequest(methods.Shutdown);
    await expect.poll(() => shutDown).toBe(true);
  });
});
