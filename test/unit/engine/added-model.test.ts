import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { completeAt, type CompletionInput } from '../../../runtime/engine/completion-job';
import type { AheadStep } from '../../../runtime/engine/prompt-place';
import { Priority, type LanguageModel } from '../../../runtime/inference/language-model';
import { loadLanguageModel } from '../../../runtime/inference/load';
import { addModel } from '../../../runtime/library/add-model';
import { Library } from '../../../runtime/library/library';
import { Checkpoints } from '../../../runtime/state/checkpoints';
import { renamedTokenizer, writeFimModel, type TokenNames } from '../fixtures/fim-model';
import { temporaryFolder } from '../fixtures/model-folder';

let root: ReturnType<typeof temporaryFolder>;
beforeEach(() => (root = temporaryFolder()));
afterEach(() => root.remove());

const bars = { prefix: '<|fim_prefix|>', suffix: '<|fim_suffix|>', middle: '<|fim_middle|>' };
const codestral = { prefix: '[PREFIX]', suffix: '[SUFFIX]', middle: '[MIDDLE]' };
const unknown = { prefix: '<a>', suffix: '<b>', middle: '<c>' };

const before = `${'const value = compute(1, 2, 3);\n'.repeat(40)}const sum = va`;
const after = ';\nreturn sum;\n';

/** What the model read, in order, by state; the last one is what it went on from. */
async function completing(names: TokenNames) {
  const folder = path.join(root.path, 'model');
  writeFimModel(folder, renamedTokenizer(names));
  const library = new Library(path.join(root.path, 'data'));
  const { folder: added } = await addModel(library, { folder });
  const model = await loadLanguageModel({
    folder: added,
    cacheFolder: library.cacheFolder,
    precision: 'float32',
    threads: 1,
  });
  const asked: number[][] = [];
  const decode = model.decode.bind(model);
  model.decode = (state, prompt, options) => (asked.push([...prompt]), decode(state, prompt, options));
  const loaded = { model, checkpoints: new Checkpoints(model, Infinity) };
  const complete = (typed: string, previous?: CompletionInput['previous']) =>
    completeAt(loaded, input(before + typed, after, previous), undefined);
  const readAhead = async (steps: AheadStep[]) => {
    for (const { reading } of steps) {
      const work = { priority: Priority.Background };
      model.release((await loaded.checkpoints.resume('here', reading.ids, reading.keep, work)).state);
    }
  };
  return { model, loaded, complete, readAhead, asked };
}

const input = (text: string, rest: string, previous: CompletionInput['previous']): CompletionInput => ({
  scope: 'here',
  label: undefined,
  readsAhead: true,
  displayPath: 'src/a.ts',
  before: text,
  after: rest,
  previous,
  neighbours: [{ displayPath: 'src/b.ts', text: 'not shown to a model that knows no other files' }],
  request: {
    uri: 'file:///a.ts',
    version: 1,
    offset: text.length,
    explicit: true,
    multiline: 'auto',
    threshold: 0,
    alternatives: 1,
  },
});

type Layout = (model: LanguageModel) => { context: number[]; question: number[] };
const layouts: [string, TokenNames, Layout, number][] = [
  [
    'prefix-suffix-middle',
    bars,
    ({ tokenizer: { encode } }) => ({
      context: [3, ...encode(before)],
      question: [4, ...encode(after), 5],
    }),
    // The suffix and its two tokens are read at every key.
    8,
  ],
  [
    'suffix-prefix-middle',
    codestral,
    ({ tokenizer: { encode } }) => ({
      context: [4, ...encode(after), 3, ...encode(before)],
      question: [],
    }),
    0,
  ],
  [
    'prefix alone',
    unknown,
    ({ tokenizer: { encode } }) => ({ context: [0, ...encode(before)], question: [] }),
    0,
  ],
];

test.each(layouts)(
  '%s: the prompt is laid out so, and a key reads little',
  async (_, names, layout, question) => {
    const { model, complete, readAhead, asked } = await completing(names);
    try {
      const expected = layout(model);
      const first = await complete('');
      const [{ reading }] = first.ahead() as [AheadStep];
      expect(reading.ids).toEqual(expected.context);
      expect(asked[0]!.slice(-Math.max(1, expected.question.length))).toEqual(
        expected.question.length > 0 ? expected.question : expected.context.slice(-1),
      );
      expect(first.response.cost).toMatchObject({ contextTokens: expected.context.length });
      expect(first.response.cost.tokensGenerated).toBeGreaterThan(0);
      await readAhead(first.ahead());
      const second = await complete('l', first.plan);
      expect(second.response.cost.tokensRead).toBeLessThanOrEqual('const sum = val'.length);
      expect(asked[1]!.length).toBeLessThan(12 + question);
    } finally {
      await model.dispose();
    }
  },
);

test('a model that wants the suffix first is shown no more of a long file than can be read in front of the user', async () => {
  const { model, loaded } = await completing(codestral);
  try {
    const long = 'const value = compute(1, 2, 3);\n'.repeat(400);
    const { response } = await completeAt(
      loaded,
      input(`${long}const sum = va`, after, undefined),
      undefined,
    );
    expect(response.stillReading).toBe(false);
    expect(response.cost.contextTokens).toBeLessThan(1200);
    expect(response.cost.contextTokens).toBeGreaterThan(640);
  } finally {
    await model.dispose();
  }
});

test('several candidates come from one reading, where nothing asks for the middle as well', async () => {
  const { model, loaded } = await completing(unknown);
  try {
    const place = input(before, after, undefined);
    const request = { ...place.request, alternatives: 3 };
    const { response } = await completeAt(loaded, { ...place, request }, undefined);
    expect(response.candidates.length).toBeGreaterThan(1);
    expect(response.cost.tokensRead).toBe(response.cost.contextTokens);
  } finally {
    await model.dispose();
  }
});
