/*
 * What a run on a device is told besides its state comes in one tensor: each that goes there from main memory waits for the device by
 * itself, some 0.3 ms on an H100. Its numbers are float32, which is exact for whole ones up to 16 million.
 */
import type { GraphBuilder, Value } from './builder';
import { elementTypes } from './onnx';
import { names, type StateLayout } from './states';

type Told = Pick<StateLayout, 'rotations' | 'windows'>;

/** Columns that stand for a value which a graph takes. */
export interface Column {
  name: Value;
  size: number;
  /** Of the value; absent = a row of `size` for each. */
  shape?: readonly number[];
  /** The value is int32. */
  whole?: boolean;
  /** The first row alone says it. */
  once?: boolean;
}

/** Of `names.tokens`, which has a row for each token that is read. */
export function tokenColumns(layout: Told): Column[] {
  return [
    { name: names.ids, size: 1, shape: [-1], whole: true },
    { name: names.positions, size: 1, shape: [-1] },
    ...layout.rotations.flatMap(({ name, frequencies: { length } }) => [
      { name: `${name}.cos`, size: length },
      { name: `${name}.sin`, size: length },
    ]),
    ...kindsOf(layout).map((window) => ({
      name: names.kept(window),
      size: 1,
      shape: [1],
      whole: true,
      once: true,
    })),
  ];
}

/** Of `names.steps`, which has a row for each run of `count` steps. */
export function stepColumns(layout: Told, count: number): Column[] {
  return [
    ...layout.rotations.flatMap(({ name, frequencies: { length } }) => {
      const table = { size: count * length, shape: [count, length] };
      return [
        { name: `${name}.cos`, ...table },
        { name: `${name}.sin`, ...table },
      ];
    }),
    ...kindsOf(layout).map((window) => ({
      name: names.kept(window),
      size: count,
      shape: [count],
      whole: true,
    })),
  ];
}

/** Windows of different lengths, of which a run is told once. */
export function kindsOf({ windows }: Pick<StateLayout, 'windows'>): number[] {
  return [...new Set(windows.map(({ window }) => window))];
}

/** Has `graph`, which is built, take `names.tokens` instead of an input for each column. */
export function tellTokens(graph: GraphBuilder, layout: Told): void {
  const columns = tokenColumns(layout);
  graph.instead(
    columns.map(({ name }) => name),
    () => cut(graph, graph.input(names.tokens, 'float32', ['T', widthOf(columns)]), columns),
  );
}

/** The same with `names.steps`, of which a run takes the first row and passes on the others. */
export function tellSteps(graph: GraphBuilder, layout: Told, count: number): void {
  const columns = stepColumns(layout, count);
  if (columns.length === 0) return;
  const width = widthOf(columns);
  graph.instead(
    columns.map(({ name }) => name),
    () => {
      const all = graph.input(names.steps, 'float32', ['runs', width]);
      const rest = graph.node('Slice', [all, graph.ints(1), graph.ints(2 ** 40), graph.ints(0)]);
      graph.output(rest, `${names.steps}.next`, 'float32', ['runs.next', width]);
      cut(graph, firstRow(graph, all), columns);
    },
  );
}

export function widthOf(columns: readonly Column[]): number {
  return columns.reduce((sum, { size }) => sum + size, 0);
}

function cut(graph: GraphBuilder, rows: Value, columns: readonly Column[]): void {
  const parts = graph.nodeWithOutputs(
    'Split',
    [rows, graph.ints(...columns.map(({ size }) => size))],
    { axis: 1 },
    columns.map(({ name, shape }) => (shape ? undefined : name)),
  );
  for (const [i, { name, shape, whole, once }] of columns.entries()) {
    if (!shape) continue;
    const part = once ? firstRow(graph, parts[i]!) : parts[i]!;
    const reshape = [part, graph.ints(...shape)];
    if (!whole) graph.nodeWithOutputs('Reshape', reshape, {}, [name]);
    else graph.nodeWithOutputs('Cast', [graph.node('Reshape', reshape)], { to: elementTypes.int32 }, [name]);
  }
}

function firstRow(graph: GraphBuilder, rows: Value): Value {
  return graph.node('Slice', [rows, graph.ints(0), graph.ints(1), graph.ints(0)]);
}
