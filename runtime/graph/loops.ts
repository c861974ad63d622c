import { GraphBuilder, type Value } from './builder';
import type { Attribute, Dimension } from './onnx';

/** A value and its shape, for where the runtime is told both. */
export interface Shaped {
  value: Value;
  shape: readonly Dimension[];
}

/** What one step makes: the states behind it, and a row of each output. */
export interface Stepped {
  states: readonly Value[];
  rows: readonly Shaped[];
}

export interface Scanned {
  states: Value[];
  rows: Value[];
}

export type ScanStep = (body: GraphBuilder, states: readonly Value[], rows: readonly Value[]) => Stepped;
export type LoopStep = (body: GraphBuilder, states: readonly Value[], index: Value) => Stepped;

/**
 * Takes `states` through the rows (axis 0) of `rows`, of which there is at least one. `step` may use values of `graph`.
 * Shapes are those of a state and of one row.
 * @returns the last states, and what the steps gave, stacked
 */
export function scanRows(
  graph: GraphBuilder,
  name: string,
  states: readonly Shaped[],
  rows: readonly Shaped[],
  step: ScanStep,
): Scanned {
  const body = bodyOf(graph, name);
  const stepped = step(
    body,
    shapedInputs(body, `${name}/state`, states),
    shapedInputs(body, `${name}/row`, rows),
  );
  const inputs = [...states, ...rows].map(({ value }) => value);
  const attributes = { body: finishBody(body, name, states, stepped), num_scan_inputs: rows.length };
  return scanned(graph, 'Scan', inputs, attributes, stepped);
}

/**
 * The same with `count` steps, an int64 that may be 0, which a scan refuses; a step is given its number instead of
 * rows.
 */
export function loop(
  graph: GraphBuilder,
  name: string,
  count: Value,
  states: readonly Shaped[],
  step: LoopStep,
): Scanned {
  const body = bodyOf(graph, name);
  const index = body.input(`${name}/index`, 'int64', []);
  const goOn = body.input(`${name}/go on`, 'bool', []);
  const stepped = step(body, shapedInputs(body, `${name}/state`, states), index);
  body.output(body.node('Identity', [goOn]), `${name}/going on`, 'bool', []);
  const inputs = [count, '', ...states.map(({ value }) => value)];
  return scanned(graph, 'Loop', inputs, { body: finishBody(body, name, states, stepped) }, stepped);
}

/** Names inside a body must differ from those around it. */
function bodyOf(graph: GraphBuilder, name: string): GraphBuilder {
  return new GraphBuilder(graph.signedBytes, `${name}/`);
}

function shapedInputs(body: GraphBuilder, name: string, outer: readonly Shaped[]): Value[] {
  return outer.map(({ shape }, i) => body.input(`${name}.${i}`, 'float32', shape));
}

function finishBody(
  body: GraphBuilder,
  name: string,
  before: readonly Shaped[],
  { states, rows }: Stepped,
): Attribute {
  const outputs = [...states.map((value, i) => ({ value, shape: before[i]!.shape })), ...rows];
  for (const { value, shape } of outputs) body.output(value, value, 'float32', shape);
  return body.asBody(name);
}

function scanned(
  graph: GraphBuilder,
  operator: string,
  inputs: readonly Value[],
  attributes: Record<string, Attribute>,
  { states, rows }: Stepped,
): Scanned {
  const outputs = [...states, ...rows].map(() => undefined);
  const results = graph.nodeWithOutputs(operator, inputs, attributes, outputs);
  return { states: results.slice(0, states.length), rows: results.slice(states.length) };
}
