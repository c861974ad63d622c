import { GraphBuilder, type Declared } from './builder';
import { bytesOf } from './onnx';
import { names } from './states';
import { elementCount } from './stored-tensors';

/** Runs that a model's graph for a device has a branch for; all others take as many tokens as they are declaredOutputs. */
export type Branch = 'greedy' | 'block';

/** A graph, and which runs take it. */
export interface Choice {
  branch: Branch;
  graph: GraphBuilder;
}

/**
 * Several graphs of one model as one, so that the weights which they share are in memory once. A run takes the first of `choices`
 * whose input `names.only(branch)` is true, else `otherwise`; it is given all inputs, and gives the
 * outputs of that graph.
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
    const condition = graph.input(names.only(first.branch), 'bool', []);
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
  for (const { branch } of choices) whole.input(names.only(branch), 'bool', []);
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
