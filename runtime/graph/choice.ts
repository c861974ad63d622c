import { GraphBuilder, type Declared, type Value } from './builder';
import { bytesOf } from './onnx';
import { names } from './states';
import { elementCount } from './stored-tensors';

/** Runs that a model's graph for a device has a branch for; all others take as many tokens as they are given. */
export type Branch = 'greedy' | 'block';

/** A graph, and which runs take it. */
export interface Choice {
  branch: Branch;
  graph: GraphBuilder;
}

/**
 * Several graphs of one model as one, so that the weights which they share are in memory once. A run takes the first of `choices`
 * whose input `names.only(branch)` is true, else `otherwise`; it is given all inputs, and gives the outputs of that graph.
 */
export function choosing(choices: readonly Choice[], otherwise: GraphBuilder): GraphBuilder {
  const graphs = [...choices.map(({ graph }) => graph), otherwise];
  const outputs = new Map(graphs.flatMap(({ declaredOutputs }) => [...declaredOutputs]));
  for (const graph of graphs) giveAll(graph, outputs);
  const order = [...outputs.keys()];

  const nested = (rest: readonly Choice[]): GraphBuilder => {
    const [first, ...others] = rest;
    if (!first) return otherwise;
    const graph = new ChoosingGraph();
    const condition = names.only(first.branch);
    const branches = {
      then_branch: first.graph.asBranch(first.branch, order),
      else_branch: nested(others).asBranch(`not ${first.branch}`, order),
    };
    graph.nodeWithOutputs('If', [condition], branches, order);
    for (const [name, { type, shape }] of outputs) graph.output(name, name, type, shape);
    return graph;
  };
  const whole = nested(choices);
  for (const graph of graphs) whole.include(graph);
  for (const { branch } of choices) whole.hostInput(names.only(branch), 'bool', []);
  holdOnHost(whole);
  return whole;
}

/** WebGPU has no newer branches. */
class ChoosingGraph extends GraphBuilder {
  protected override readonly operatorSet = 21;
}

/** All branches must give the same outputs: those that a graph does not have are as small as their shape allows. */
function giveAll(graph: GraphBuilder, outputs: ReadonlyMap<string, Declared>): void {
  for (const [name, { type, shape }] of outputs) {
    if (graph.declaredOutputs.has(name)) continue;
    const least = shape.map((size) => (typeof size === 'number' ? size : 0));
    const none = new Uint8Array(elementCount(least) * bytesOf[type]);
    graph.output(graph.constant(`none(${type},${least.join(',')})`, type, least, none), name, type, shape);
  }
}

/**
 * The runtime takes what branches alone use to the device, and brings it back in every run for operators that want it in main memory:
 * each time it waits for the device. Operators beside the branches that want it too, and give nothing, keep it where it is.
 */
function holdOnHost(graph: GraphBuilder): void {
  const nothing: Value[] = [];
  for (const [name, { type, shape, onHost }] of graph.declaredInputs) {
    if (!onHost) continue;
    if (type === 'bool') nothing.push(chooseNothing(graph, name));
    if (type === 'int32' || type === 'int64') nothing.push(sliceNothing(graph, name, type, Number(shape[0])));
  }
  graph.output(graph.concat(nothing, 0), names.held, 'float32', [0]);
}

function chooseNothing(graph: GraphBuilder, condition: Value): Value {
  const branch = () => {
    const none = new GraphBuilder();
    none.output(none.constant('none', 'float32', [0], new Float32Array(0)), 'nothing', 'float32', [0]);
    return none.asBranch('nothing', ['nothing']);
  };
  return graph.node('If', [condition], { then_branch: branch(), else_branch: branch() });
}

/** No elements of a tensor of one in `rank` dimensions. */
function sliceNothing(graph: GraphBuilder, from: Value, type: 'int32' | 'int64', rank: number): Value {
  const list = (name: string, item: (axis: number) => number) => {
    const items = Array.from({ length: rank }, (_, axis) => item(axis));
    const data = type === 'int32' ? Int32Array.from(items) : BigInt64Array.from(items, BigInt);
    return graph.constant(`${name}(${type},${rank})`, type, [rank], data);
  };
  const one = graph.constant(`one(${rank})`, 'float32', new Array<number>(rank).fill(1), new Float32Array(1));
  const inputs = [one, from, list('end', () => 0), list('axes', (axis) => axis)];
  return graph.reshape(graph.node('Slice', inputs), [-1]);
}
