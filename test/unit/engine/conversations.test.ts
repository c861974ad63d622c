import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findAssets } from '../../../runtime/engine/assets';
import { Engine } from '../../../runtime/engine/engine';
import type { Session } from '../../../runtime/engine/session';
import type { EngineSettings } from '../../../runtime/protocol/engine';
import type { AskProgress, AskRequest } from '../../../runtime/protocol/questions';
import { writeChatModel } from '../fixtures/chat-model';
import { writeFimModel, renamedTokenizer } from '../fixtures/fim-model';
import { temporaryFolder } from '../fixtures/model-folder';

let root: ReturnType<typeof temporaryFolder>;
let engine: Engine;
const settings: EngineSettings = {
  completionModel: 'striped-code',
  chatModel: 'talker',
  provider: 'cpu',
  memoryLimit: 1024,
  threads: 1,
  indexEnabled: true,
  backgroundReading: 'off',
  excludeGlobs: [],
};
const request: AskRequest = {
  question: 'what counts apples?',
  folders: [],
  limit: 3,
  write: { earlier: [] },
};
const messages = [{ role: 'user' as const, content: 'Hello' }];

beforeEach(() => {
  root = temporaryFolder();
  const project = path.join(root.path, 'project');
  mkdirSync(project);
  writeFileSync(path.join(project, 'a.ts'), '/** Counts apples. */\nexport const apples = 1;\n');
  engine = new Engine(path.join(root.path, 'data'), { ...findAssets(__dirname), workerPath: undefined });
});
afterEach(async () => {
  await engine.dispose();
  root.remove();
});

async function open(overrides: Partial<EngineSettings> = {}): Promise<Session> {
  const session = await engine.open(
    {
      dataFolder: path.join(root.path, 'data'),
      modelsFolder: path.join(__dirname, '../../../runtime/models'),
      workspaceFolders: [{ path: path.join(root.path, 'project'), name: 'project' }],
      settings: { ...settings, ...overrides },
      precision: 'float32',
    },
    () => undefined,
  );
  await session.workspace.idle();
  return session;
}

async function addTalker(session: Session): Promise<void> {
  const folder = path.join(root.path, 'talker');
  writeChatModel(folder);
  await session.models.add({ folder }, new AbortController().signal, () => undefined);
}

describe('a written answer', () => {
  it('comes behind its passages, piece by piece, with its model’s name and its doubts', async () => {
    const session = await open();
    await addTalker(session);
    expect(engine.hosts.all.map((host) => host.status().state)).toEqual(['unloaded', 'unloaded']);
    const told: AskProgress[] = [];
    const { passages, answer } = await session.ask(request, undefined, (progress) => told.push(progress));
    expect(told.map(({ stage }) => stage).filter((stage, at, all) => stage !== all[at - 1])).toEqual([
      'searching',
      'passages',
      'answer',
      'piece',
    ]);
    expect(passages).toHaveLength(1);
    expect(answer).toMatchObject({ model: 'talker', passagesRead: 1 });
    expect(answer!.cost.tokensRead).toBeGreaterThan(100);
    const pieces = told.flatMap((progress) => (progress.stage === 'piece' ? [progress.text] : []));
    expect(pieces.join('')).toBe(answer!.text);
    expect(session.status().model).toMatchObject({ name: 'striped-code', state: 'unloaded' });

    const again = await session.ask(request);
    expect(again.answer!.text).toBe(answer!.text);
    expect(again.answer!.cost.tokensRead).toBe(1);
    const turn = { question: request.question, passages, answer: answer!.text };
    const next = await session.ask({ ...request, question: 'and apples?', write: { earlier: [turn] } });
    expect(next.answer!.cost.tokensReused).toBeGreaterThanOrEqual(answer!.cost.tokensRead - 1);
  });

  it('keeps what was written when it is stopped', async () => {
    const session = await open();
    await addTalker(session);
    const stop = new AbortController();
    const { answer } = await session.ask(
      request,
      stop.signal,
      ({ stage }) => stage === 'piece' && stop.abort(),
    );
    expect(answer).toMatchObject({ end: 'stopped' });
    expect(answer!.text).not.toBe('');
  });

  it('is not written where none is asked for, or no model is chosen', async () => {
    const session = await open();
    await addTalker(session);
    expect((await session.ask({ ...request, write: undefined })).answer).toBeUndefined();
    await session.setSettings({ ...settings, chatModel: '' });
    const { answer, answerProblem } = await session.ask(request);
    expect([answer, answerProblem]).toEqual([undefined, undefined]);
    expect(engine.hosts.all).toHaveLength(1);
  });

  it.each([
    ['a model that is not there', 'missing', /no model "missing".*longview\.models\.chat/],
    ['a model that was not trained to converse', 'striped-code', /striped-code has no chat template/],
  ])('is missing with a reason, and its passages are there, with %s', async (_, chatModel, reason) => {
    const session = await open({ chatModel });
    const { passages, answer, answerProblem } = await session.ask(request);
    expect(passages).toHaveLength(1);
    expect(answer).toBeUndefined();
    expect(answerProblem).toMatch(reason);
    await expect(session.chat({ messages })).rejects.toThrow(reason);
  });
});

describe('a conversation of the editor’s', () => {
  it('is answered as it comes, within its bound', async () => {
    const session = await open();
    await addTalker(session);
    let text = '';
    const response = await session.chat(
      { messages, maxTokens: 5 },
      undefined,
      (piece) => (text += piece.text),
    );
    expect(response).toMatchObject({ model: 'talker', text });
    expect(await session.countTokens({ text: 'const a = 1;' })).toBeGreaterThan(3);
  });

  it('needs a chosen model', async () => {
    const session = await open({ chatModel: '' });
    await expect(session.chat({ messages })).rejects.toThrow(/longview\.models\.chat/);
  });

  it('is told of in the diagnostics', async () => {
    const folder = path.join(root.path, 'plain');
    writeFimModel(folder, renamedTokenizer({ prefix: '<a>', suffix: '<b>', middle: '<c>' }));
    const session = await open({ chatModel: folder });
    const [, model] = (await session.doctor()).sections;
    expect(model!.items).toContainEqual(
      expect.objectContaining({
        title: 'Answers',
        value: expect.stringContaining('not in memory') as string,
      }),
    );
  });
});
