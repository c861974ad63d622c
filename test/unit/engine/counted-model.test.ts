import { expect, test } from 'vitest';
import { CountedModel, newCounters } from '../../../runtime/engine/counted-model';
import { blocks } from '../../../runtime/graph/blocks';
import { Priority } from '../../../runtime/inference/language-model';
import { FakeModel } from '../fakes/language-model';

const ids = new Array<number>(3000).fill(1);

/** The lengths in which a counted model has the model under it read. */
async function readIn(
  info: { blockTokens: number; growthBytes?: number },
  priority: Priority,
  mayGrow?: (bytes: number) => void,
): Promise<number[]> {
  const model = new FakeModel('', info);
  const lengths: number[] = [];
  const read = model.read.bind(model);
  model.read = (state, given, options) => {
    lengths.push(given.length);
    return read(state, given, options);
  };
  const counters = newCounters();
  const counted = new CountedModel(model, counters, undefined, mayGrow);
  const state = await counted.create();
  await counted.read(state, ids, { priority });
  expect(state.length).toBe(ids.length);
  expect(counters.tokensRead.foreground + counters.tokensRead.background).toBe(ids.length);
  return lengths;
}

test('what somebody waits for is read at once', async () => {
  expect(await readIn({ blockTokens: blocks.longest }, Priority.Completion)).toEqual([3000]);
  expect(await readIn({ blockTokens: 64 }, Priority.Background)).toEqual([3000]);
});

test('in the background long blocks begin short', async () => {
  const lengths = await readIn({ blockTokens: blocks.longest }, Priority.Background);
  expect(lengths[0]).toBe(blocks.shortest);
  for (const length of lengths) expect(length).toBeLessThanOrEqual(blocks.longest);
});

test('where states grow there is a look at the memory before each block', async () => {
  const asked: number[] = [];
  await readIn({ blockTokens: 2048, growthBytes: 10 }, Priority.Completion, (bytes) => asked.push(bytes));
  expect(asked).toEqual([20480, 9520]);
});
