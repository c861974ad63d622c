import { expect, test } from 'vitest';
import { GraphBuilder } from '../../../runtime/graph/builder';
import { noStates } from '../../../runtime/graph/model-graph';
import { names, type StateLayout } from '../../../runtime/graph/states';
import { stepColumns, tellSteps, tellTokens, tokenColumns, type Column } from '../../../runtime/graph/told';
import { toldSteps, toldTokens } from '../../../runtime/inference/device-feeds';
import { openGraph, type Session, type Tensor } from '../../../runtime/inference/session';

const layout: StateLayout = {
  ...noStates('webgpu'),
  rotations: [{ name: 'rotation', frequencies: [1, 0.01] }],
  windows: [{ name: 'a', window: 8, keyValueHeads: 1, headSize: 4 }],
};

/** A graph that gives what each column stands for. */
async function opened(columns: Column[], tell: (graph: GraphBuilder) => void): Promise<Session> {
  const graph = new GraphBuilder();
  for (const { name, shape, size, whole } of columns) {
    const type = whole ? 'int32' : 'float32';
    const dimensions = shape?.map((length) => (length < 0 ? 'T' : length)) ?? ['T', size];
    graph.output(graph.input(name, type, dimensions), `${name} out`, type, dimensions);
  }
  tell(graph);
  const bytes = graph.finish('told', () => {
    throw new Error('There are no weights');
  });
  return openGraph(bytes, 'cpu');
}

const numbers = (tensor: Tensor) => [...(tensor.data as Float32Array | Int32Array)];
const tables = (from: number, count: number) => {
  const angles = Array.from({ length: count }, (_, i) => [from + i, (from + i) * Math.fround(0.01)]).flat();
  return { cos: angles.map((angle) => Math.cos(Math.fround(angle))), sin: angles.map(Math.sin) };
};
function expectClose(found: number[], expected: number[]): void {
  expect(found).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 5);
}

test('what a run reads comes out of one tensor as the graph takes it', async () => {
  const columns = tokenColumns(layout);
  const session = await opened(columns, (graph) => tellTokens(graph, layout));
  expect(session.inputs.map(({ name }) => name)).toEqual([names.tokens]);
  const told = toldTokens(session, layout, 5, [7, 16_000_001, 9]);
  const outputs = await session.run(
    { [names.tokens]: told[names.tokens]! },
    columns.map(({ name }) => `${name} out`),
  );
  expect(numbers(outputs[`${names.ids} out`]!)).toEqual([7, 16_000_001, 9]);
  expect(numbers(outputs[`${names.positions} out`]!)).toEqual([5, 6, 7]);
  const { cos, sin } = tables(5, 3);
  expectClose(numbers(outputs['rotation.cos out']!), cos);
  expectClose(numbers(outputs['rotation.sin out']!), sin);
  // Five tokens are kept, of the new ones all but the last stand before it.
  expect(numbers(outputs[`${names.kept(8)} out`]!)).toEqual([7]);
  expect(numbers(told[names.seen(8, 0)]!)).toEqual([8]);
  await session.release();
});

test('of several runs each takes its row and passes on the rest', async () => {
  const columns = stepColumns(layout, 4);
  const session = await opened(columns, (graph) => tellSteps(graph, layout, 4));
  let { [names.steps]: steps } = toldSteps(session, layout, 5, 2, 4);
  for (const [run, kept] of [
    [0, [5, 6, 7, 7]],
    [1, [7, 7, 7, 7]],
  ] as const) {
    const wanted = [...columns.map(({ name }) => `${name} out`), `${names.steps}.next`];
    const outputs = await session.run({ [names.steps]: steps! }, wanted);
    const { cos, sin } = tables(5 + 4 * run, 4);
    expectClose(numbers(outputs['rotation.cos out']!), cos);
    expectClose(numbers(outputs['rotation.sin out']!), sin);
    expect(numbers(outputs[`${names.kept(8)} out`]!)).toEqual(kept);
    steps = outputs[`${names.steps}.next`]!;
  }
  expect(steps!.dims[0]).toBe(0);
  await session.release();
});
