import { GraphBuilder } from '../graph/builder';
import { elementTypes } from '../graph/onnx';
import { names, type StateLayout } from '../graph/states';
import { stateShapes, stateTensors } from './device-layout';
import type { Session, Tensor } from './session';

/** Makes a tensor of each shape, by the name of its output, of a `zero [1]`, which nothing can be made of beforehand. */
export function makingGraph(shapes: Readonly<Record<string, readonly number[]>>): Uint8Array {
  const graph = new GraphBuilder();
  const zero = graph.input('zero', 'float32', [1]);
  for (const [name, shape] of Object.entries(shapes))
    if (name === `${names.first}.next`)
      graph.output(graph.node('Cast', [zero], { to: elementTypes.int32 }), name, 'int32', shape);
    else graph.output(graph.node('Expand', [zero, graph.ints(...shape)]), name, 'float32', shape);
  return finish(graph);
}

/** Copies what is `used` of caches into larger ones, by their names with `.next` behind. */
export function enlargingGraph(caches: StateLayout): Uint8Array {
  const graph = new GraphBuilder();
  const used = graph.input('used', 'int64', [1]);
  const added = graph.input('added', 'int64', [8]);
  for (const [name, [, heads, , size]] of stateShapes(caches, 0)) {
    const shape = (tokens: string) => [1, heads!, tokens, size!];
    const cache = graph.input(name, 'float32', shape(`${name}.tokens`));
    const there = graph.node('Slice', [cache, graph.ints(0), used, graph.ints(2)]);
    graph.output(graph.node('Pad', [there, added]), `${name}.next`, 'float32', shape(`${name}.next.tokens`));
  }
  return finish(graph);
}

/** @param length tokens of `byName`, which may have room for more; none is one of zeros, as no tensor is empty */
export function enlargingFeeds(
  session: Session,
  caches: StateLayout,
  byName: ReadonlyMap<string, Tensor>,
  length: number,
  tokens: number,
): Record<string, Tensor> {
  const used = Math.max(1, length);
  const feeds: Record<string, Tensor> = {
    used: session.int64(used),
    added: session.int64(0, 0, 0, 0, 0, 0, tokens - used, 0),
  };
  const shapes = stateShapes(caches, used);
  for (const name of stateTensors(caches)) {
    const [, heads, , size] = shapes.get(name)!;
    feeds[name] =
      length > 0 ? byName.get(name)! : session.float32(new Float32Array(heads! * size!), shapes.get(name)!);
  }
  return feeds;
}

function finish(graph: GraphBuilder): Uint8Array {
  return graph.finish('room');
}
