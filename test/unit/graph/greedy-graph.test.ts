import { expect, test } from 'vitest';
import { describeModel } from '../../../runtime/architectures';
import { buildGreedyGraph, greedySteps } from '../../../runtime/graph/greedy-graph';
import { readModelJson } from '../../../runtime/models/manifest';
import { fixtures } from '../fixtures/model-folder';

/** What costs next to nothing on the GPU: the same numbers under another shape. */
const free = new Set(['Reshape', 'Squeeze', 'Unsqueeze']);

/** Operators of the graph, by their nodes' names, and how many norms the runtime makes one with the product that reads them. */
function operatorsOf(name: string): { operators: string[]; joined: number } {
  const model = describeModel(readModelJson(fixtures, `${name}.config.json`));
  const { builder } = buildGreedyGraph(model, 'int4', { provider: 'webgpu' });
  const bytes = builder.finish(name, () => ({ location: 'weights', offset: 0, length: 1 }));
  const text = Buffer.from(bytes).toString('latin1');
  const operators = [...text.matchAll(/\d+:([A-Z]\w+?)\x22/g)].map(([, operator]) => operator!);
  const spare = [...text.matchAll(/\n.spare:first\(\d+\)\n/gs)];
  return { operators, joined: spare.length };
}

/** On the GPU every operator of a step costs the same few microseconds: this is what a token's time is made of. */
test.each([
  ['mamba2', 52],
  ['striped', 81],
  ['llama', 53],
  ['stripedhyena', 74],
])('%s: a step takes few operators', (name, most) => {
  const { operators, joined } = operatorsOf(name);
  const costly = operators.filter((operator) => !free.has(operator));
  // Two spare products and the norm go into the product.
  expect((costly.length - 3 * joined) / greedySteps).toBeLessThanOrEqual(most);
  expect(operators).not.toContain('Transpose');
});
