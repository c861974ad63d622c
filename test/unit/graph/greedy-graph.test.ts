import { expect, test } from 'vitest';
import { describeModel } from '../../../runtime/architectures';
import { buildGreedyGraph, greedySteps } from '../../../runtime/graph/greedy-graph';
import { readModelJson } from '../../../runtime/models/manifest';
import { fixtures } from '../fixtures/model-folder';

/** What costs nothing on the GPU: the same numbers under another shape. */
const free = new Set(['Reshape', 'Squeeze', 'Unsqueeze']);

/** Operators of the graph, by their nodes' names. */
function operatorsOf(name: string): string[] {
  const model = describeModel(readModelJson(fixtures, `${name}.config.json`));
  const { builder } = buildGreedyGraph(model, 'int4', { provider: 'webgpu' });
  const bytes = builder.finish(name, () => ({ location: 'weights', offset: 0, length: 1 }));
  const nodes = Buffer.from(bytes)
    .toString('latin1')
    .matchAll(/\d+:([A-Z]\w+?)\x22/g);
  return [...nodes].map(([, operator]) => operator!);
}

/** On the GPU every operator of a step costs the same few microseconds: this is what a token's time is made of. */
test.each([
  ['mamba2', 52],
  ['striped', 83],
  ['llama', 52],
  ['stripedhyena', 72],
])('%s: a step takes few operators', (name, most) => {
  const operators = operatorsOf(name).filter((operator) => !free.has(operator));
  expect(operators.length / greedySteps).toBeLessThanOrEqual(most);
  expect(operators).not.toContain('Transpose');
});
