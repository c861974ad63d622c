import { describe, expect, it } from 'vitest';
import type { LanguageModel, ModelState } from '../../../runtime/inference/language-model';
import { askWorkspace } from '../../../runtime/questions';
import type { Describer, Evidence, EvidenceIndex } from '../../../runtime/questions';
import type { AskProgress } from '../../../runtime/protocol/questions';
import { asDescription } from '../../../runtime/questions/likelihood';
import { fuse, rerank } from '../../../runtime/questions/rerank';
import { Checkpoints } from '../../../runtime/state/checkpoints';
import { noToken } from '../../../runtime/models/manifest';

const evidence = (name: string, text: string, score: number): Evidence => ({
  path: `/w/${name}`,
  displayPath: name,
  languageId: 'typescript',
  range: { startLine: 0, endLine: text.split('\n').length - 1 },
  text,
  score,
});

/** An index over these files, each one passage, best first. */
function indexOver(
  files: Record<string, string>,
  found: Evidence[],
  state: 'ready' | 'off' | 'indexing' = 'ready',
) {
  const told: { path: string; kind: string }[] = [];
  const index: EvidenceIndex = {
    search: () => found,
    read: async (path, ahead) => (path in files ? (ahead ?? files[path]) : undefined),
    highlights: () => [{ start: 0, end: 1 }],
    applyChanges: (changes) => told.push(...changes),
    status: () => ({
      state,
      filesDone: Object.keys(files).length,
      filesTotal: Object.keys(files).length,
      chunks: 0,
      bytesOnDisk: 0,
    }),
  };
  return { index, told };
}

/** Finds a question likely by how many of its characters the code holds; counts the states that nobody keeps. */
function scriptedModel(special = { snippet: 1, doc: 2 }, spend: (work: 'read' | 'score') => void = () => {}) {
  let held = 0;
  const contents = new Map<ModelState, number[]>();
  const stateOf = async (ids: number[]) => {
    const state = { id: contents.size, length: ids.length };
    contents.set(state, ids);
    held++;
    return state;
  };
  const model = {
    info: { special },
    tokenizer: {
      encode: (text: string) => [...text].map((char) => char.codePointAt(0)! + 10),
      decode: () => '',
      added: new Map(),
      vocabularySize: 0,
    },
    create: () => stateOf([]),
    fork: (state: ModelState) => stateOf([...contents.get(state)!]),
    release: () => void held--,
    stateBytesHeld: () => held,
    exclusiveBytes: () => 1,
    read: async (state: { length: number }, ids: number[], options: { signal?: AbortSignal }) => {
      options.signal?.throwIfAborted();
      spend('read');
      contents.get(state as ModelState)!.push(...ids);
      state.length += ids.length;
    },
    score: async (state: ModelState, ids: number[]) => {
      spend('score');
      const code = contents.get(state)!;
      expect(code[0]).toBe(special.snippet);
      expect(code.at(-1)).toBe(special.doc);
      return Float32Array.from(ids, (id) => (code.includes(id) ? -1 : -5));
    },
  } as unknown as LanguageModel;
  const checkpoints = new Checkpoints(model, Infinity);
  return { model: { model, checkpoints }, held: () => held - checkpoints.size };
}

const request = { question: 'zq', folders: [], limit: 10 };

describe('askWorkspace', () => {
  it('numbers and quotes what stands in the files', async () => {
    const { index, told } = indexOver({ '/w/a': 'x\r\ny\r\n', '/w/b': 'new\nkept' }, [
      evidence('a', 'x\ny', 2),
      evidence('b', 'kept', 1),
    ]);
    const answer = await askWorkspace(request, { index, rerankBudgetMs: 0 });
    expect(answer.passages).toMatchObject([
      { number: 1, text: 'x\r\ny', citation: { displayPath: 'a', range: { startLine: 0, endLine: 1 } } },
      { number: 2, text: 'kept', citation: { displayPath: 'b', range: { startLine: 1, endLine: 1 } } },
    ]);
    expect(answer).toMatchObject({ reranked: false, indexed: 1, filesSearched: 2 });
    expect(told).toEqual([{ path: '/w/b', kind: 'changed' }]);
  });

  it('compares the question by its vector as well, unless it is about the names of the code at hand', async () => {
    const { index } = indexOver({ '/w/a': 'x' }, [evidence('a', 'x', 1)]);
    const close = new Map([['/w', [{ id: 1, path: 'a', score: 1 }]]]);
    const compared: unknown[] = [];
    const searched: unknown[] = [];
    index.closeTo = async (question, places) => (compared.push([question, places]), close);
    index.search = (question, scope) => (searched.push([question, scope.close]), [evidence('a', 'x', 1)]);
    const ask = (over: object) => askWorkspace({ ...request, ...over }, { index, rerankBudgetMs: 0 });
    expect((await ask({ earlier: ['before'], folders: ['/w/lib'], files: ['/w/a'] })).byMeaning).toBe(true);
    expect((await ask({ question: 'What calls this?', about: 'lendBook()' })).byMeaning).toBeUndefined();
    expect(compared).toEqual([['zq', { folders: ['/w/lib'], files: ['/w/a'] }]]);
    expect(searched).toEqual([
      ['zq', close],
      ['zq before', close],
      ['lendBook', undefined],
    ]);
    index.closeTo = async () => undefined;
    expect(await ask({})).not.toHaveProperty('byMeaning');
  });

  it('drops what is gone or changed, and tells the index', async () => {
    const { index, told } = indexOver({ '/w/b': 'other' }, [evidence('a', 'x', 2), evidence('b', 'old', 1)]);
    const answer = await askWorkspace(request, { index, rerankBudgetMs: 0 });
    expect(answer.passages).toEqual([]);
    expect(answer.nothingFound).toBe('no-match');
    expect(told).toEqual([
      { path: '/w/a', kind: 'deleted' },
      { path: '/w/b', kind: 'changed' },
    ]);
  });

  it.each([
    ['off', {}, 'index-disabled'],
    ['ready', {}, 'empty-workspace'],
    ['indexing', {}, 'index-empty'],
    ['ready', { '/w/a': 'x' }, 'no-match'],
  ] as const)('says why nothing was found: %s', async (state, files, reason) => {
    expect(
      (await askWorkspace(request, { index: indexOver(files, [], state).index, rerankBudgetMs: 0 }))
        .nothingFound,
    ).toBe(reason);
  });

  it('lets the model re-order, and reports it', async () => {
    const { index } = indexOver({ '/w/a': 'aaa', '/w/b': 'zq.Z' }, [
      evidence('a', 'aaa', 1.01),
      evidence('b', 'zq.Z', 1),
    ]);
    const { model, held } = scriptedModel();
    const stages: string[] = [];
    const answer = await askWorkspace(
      request,
      { index, model, rerankBudgetMs: 10_000 },
      { onProgress: ({ stage }) => stages.push(stage) },
    );
    expect(answer.reranked).toBe(true);
    expect(stages).toEqual(['searching', 'reranking', 'reranking', 'reranking']);
    expect(answer.passages).toHaveLength(2);
    expect(held()).toBe(0);
  });

  it('stops when told to, with no state left behind', async () => {
    const { index } = indexOver({ '/w/a': 'a', '/w/b': 'b' }, [evidence('a', 'a', 2), evidence('b', 'b', 1)]);
    const { model, held } = scriptedModel();
    const stop = new AbortController();
    const asking = askWorkspace(
      request,
      { index, model, rerankBudgetMs: 10_000 },
      { signal: stop.signal, onProgress: ({ stage }) => stage === 'reranking' && stop.abort() },
    );
    await expect(asking).rejects.toThrow(/abort/i);
    expect(held()).toBe(0);
  });
});

describe('notes', () => {
  const files = { '/w/a': 'a', '/w/b': 'b', '/w/c': 'c', '/w/d': 'd' };
  const found = Object.values(files).map((name, at) => evidence(name, name, 9 - at));
  /** Documented, written, written the same again, nothing to say. */
  const describer: Describer = {
    symbolAt: async () => ({ range: { startLine: 1, endLine: 2 }, title: 'function one' }),
    describe: async ({ citation: { displayPath } }) => {
      if (displayPath === 'a') return { note: { text: 'Own.', source: 'doc', line: 0 } };
      const note = { text: 'Written.', source: 'generated', line: 0 } as const;
      return displayPath === 'd' ? {} : { write: async (signal) => (signal?.throwIfAborted(), note) };
    },
  };

  it('shows passages with their own notes before any is written', async () => {
    const told: AskProgress[] = [];
    const { index } = indexOver(files, found);
    const answer = await askWorkspace(
      request,
      { index, rerankBudgetMs: 0, describer },
      { onProgress: (progress) => told.push(progress) },
    );
    expect(answer.passages.map(({ note }) => note?.text)).toEqual(['Own.', 'Written.', undefined, undefined]);
    expect(told.map(({ stage }) => stage)).toEqual(['searching', 'passages', 'note', 'note']);
    expect(told[1]).toMatchObject({ unwritten: [2, 3] });
    expect(told[1]).not.toHaveProperty('response.passages.1.note');
    expect(told.slice(2)).toEqual([
      { stage: 'note', number: 2, note: { text: 'Written.', source: 'generated', line: 0 } },
      { stage: 'note', number: 3 },
    ]);
  });

  it('begins with the code to be explained, its symbol whole, and quotes none of it twice', async () => {
    const code = 'x\ny\r\nz';
    const overlapping = { ...evidence('a', 'z', 5), range: { startLine: 2, endLine: 2 } };
    const { index } = indexOver({ ...files, '/w/a': code }, [overlapping, ...found.slice(1)]);
    const lead = {
      path: '/w/a',
      displayPath: 'a',
      languageId: 'typescript',
      range: { startLine: 1, endLine: 1 },
      only: false,
    };
    const answer = await askWorkspace(
      { ...request, question: '', lead },
      { index, rerankBudgetMs: 0, describer },
    );
    expect(answer.passages.map(({ text }) => text)).toEqual(['y\r\nz', 'b', 'c', 'd']);
    expect(answer.passages[0]).toMatchObject({
      title: 'function one',
      citation: { range: { startLine: 1, endLine: 2 } },
    });
    const alone = await askWorkspace(
      { ...request, lead: { ...lead, only: true } },
      { index, rerankBudgetMs: 0, describer },
    );
    expect(alone.passages).toHaveLength(1);
  });

  it('takes the code in question from the text as the editor has it, and counts its file by that', async () => {
    const saved = 'one\ntwo\nthree\nfour';
    const edited = '// new\none\nTWO\nthree\nfour';
    const at = (line: number, text: string) => ({
      ...evidence('a', text, 5),
      range: { startLine: line, endLine: line },
    });
    const { index } = indexOver({ ...files, '/w/a': saved }, [at(0, 'one'), at(1, 'two'), at(3, 'four')]);
    const lead = {
      path: '/w/a',
      displayPath: 'a',
      languageId: 'typescript',
      range: { startLine: 2, endLine: 2 },
      text: edited,
      only: false,
    };
    const seen: string[] = [];
    const editor: Describer = {
      describe: async (_, text) => (seen.push(text), {}),
      symbolAt: async (text, _, range) => (seen.push(text), { range, title: 'function TWO' }),
    };
    const answer = await askWorkspace(
      { ...request, question: '', lead },
      { index, rerankBudgetMs: 0, describer: editor },
    );
    expect(answer.passages.map(({ text, citation }) => [text, citation.range.startLine])).toEqual([
      ['TWO', 2],
      ['one', 1],
      ['four', 4],
    ]);
    expect(new Set(seen)).toEqual(new Set([edited]));
    // What may not be read stays so, whatever the editor sends.
    const hidden = { ...lead, path: '/w/hidden' };
    const nothing = await askWorkspace(
      { ...request, lead: { ...hidden, only: true } },
      { index, rerankBudgetMs: 0, describer: editor },
    );
    expect(nothing.passages).toEqual([]);
  });

  it('writes no more once it is stopped', async () => {
    const stop = new AbortController();
    const told: AskProgress[] = [];
    const { index } = indexOver(files, found);
    const asking = askWorkspace(
      request,
      { index, rerankBudgetMs: 0, describer },
      {
        signal: stop.signal,
        onProgress: (progress) => {
          told.push(progress);
          if (progress.stage === 'passages') stop.abort();
        },
      },
    );
    await expect(asking).rejects.toThrow(/abort/i);
    expect(told.at(-1)).toMatchObject({ stage: 'passages' });
  });
});

describe('rerank', () => {
  it('begins no passage that would end after the budget', async () => {
    let time = 0;
    const { model } = scriptedModel(undefined, (work) => (time += work === 'score' ? 100 : 0));
    const found = Array.from({ length: 10 }, (_, at) => evidence(`f${at}`, `${at}`, 10 - at));
    const { evidence: order, scored } = await rerank(found, 'zq', model, { budgetMs: 450, now: () => time });
    // 200 ms for the first (with the question alone), then 100 each.
    expect(scored).toBe(3);
    expect(order.slice(3)).toEqual(found.slice(3));
  });

  it('reads a passage once, whatever is asked of it', async () => {
    const found = [evidence('a', 'aaa', 2), evidence('b', 'zq.Z', 1)];
    const { model, held } = scriptedModel();
    const first = await rerank(found, 'zq', model, { budgetMs: 1e6 });
    // Two passages with a token before and one behind, and these two alone.
    expect(first.cost).toEqual({ tokensRead: 5 + 6 + 2, tokensReused: 0 });
    const second = await rerank(found, 'aaa', model, { budgetMs: 1e6 });
    expect(second.cost).toEqual({ tokensRead: 0, tokensReused: 5 + 6 + 2 });
    expect(held()).toBe(0);
    const fresh = await rerank(found, 'aaa', scriptedModel().model, { budgetMs: 1e6 });
    expect(second.evidence).toEqual(fresh.evidence);
  });

  it('goes on with what was read when a new passage would take too long', async () => {
    let time = 0;
    const { model } = scriptedModel(undefined, (work) => (time += work === 'read' ? 100 : 0));
    const found = Array.from({ length: 10 }, (_, at) => evidence(`f${at}`, `${at}`, 10 - at));
    const options = { budgetMs: 450, now: () => time };
    expect((await rerank(found, 'zq', model, options)).scored).toBe(3);
    // Three are known now.
    expect((await rerank(found, 'qz', model, options)).scored).toBe(7);
  });

  it('keeps the order where the model has not learnt to describe code', async () => {
    const found = [evidence('a', 'aaa', 1), evidence('b', 'zq.Z', 1)];
    const { model } = scriptedModel({ snippet: noToken, doc: 2 });
    expect(await rerank(found, 'zq', model, { budgetMs: 1e6 })).toMatchObject({ evidence: found, scored: 0 });
  });

  it('weighs both verdicts', () => {
    expect(fuse([3, 2, 1], [0, 0, 0], 0.5)).toEqual([0, 1, 2]);
    expect(fuse([3, 2, 1], [0, 1, 5], 1)).toEqual([2, 1, 0]);
  });
});

describe('asDescription', () => {
  it('turns a question into the voice of documentation', () => {
    expect(asDescription('Where is the session cookie signed?')).toBe('The session cookie signed.');
    expect(asDescription('parse a date')).toBe('Parse a date.');
    expect(asDescription('How?')).toBe('How.');
  });
});
