import { GraphBuilder, type Value } from '../graph/builder';
import { keptOnDevice, type StateLayout } from '../graph/states';
import { elementCount } from '../graph/stored-tensors';
import { nextTensors, stateShapes, stateTensors } from './device-layout';
import type { DeviceState } from './device-runner';
import { openGraph, type ExecutionProvider, type Session, type Tensor } from './session';

/** A state's tensors in main memory, by the names of the graph's inputs. */
export type PlainTensors = ReadonlyMap<string, Float32Array>;

const flat = 'flat';
const bound = (i: number) => `bound.${i}`;
const from = (window: number) => `from.${window}`;
const to = (window: number) => `to.${window}`;

/**
 * Takes states from a device to main memory and back: as one tensor each way, since each that is copied by itself waits for the
 * device.
 */
export class DeviceTransfer {
  private readonly names: readonly string[];
  private joining: Promise<Session> | undefined;
  private parting: Promise<Session> | undefined;

  constructor(
    private readonly layout: StateLayout,
    private readonly provider: ExecutionProvider,
  ) {
    this.names = stateTensors(layout);
  }

  /** Copies a state out; of what its windows keep only the tokens from position `since` on. */
  async down({ length, held }: DeviceState, since = 0): Promise<PlainTensors> {
    const { layout } = this;
    const session = await (this.joining ??= openGraph(joinedGraph(layout), this.provider));
    const shapes = stateShapes(layout, length);
    const feeds = Object.fromEntries(held.byName);
    for (const { name, window } of layout.windows) {
      const kept = keptOnDevice(window, length);
      const tokens = Math.min(kept, length - since);
      feeds[from(window)] ??= session.int64(kept - tokens);
      // Where everything is kept there may be room for more.
      feeds[to(window)] ??= session.int64(kept);
      for (const part of ['keys', 'values']) shapes.get(`${name}.${part}`)![2] = tokens;
    }
    const all = (await session.run(feeds, [flat]))[flat]!.data as Float32Array;
    let at = 0;
    return new Map(this.names.map((name) => [name, all.slice(at, (at += elementCount(shapes.get(name)!)))]));
  }

  /** Copies a state of at least one token in. */
  async up(tensors: PlainTensors): Promise<Map<string, Tensor>> {
    this.parting ??= openGraph(partedGraph(this.layout), this.provider, {
      onDevice: nextTensors(this.layout),
    });
    const session = await this.parting;
    const parts = this.names.map((name) => tensors.get(name)!);
    const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
    const feeds: Record<string, Tensor> = { [bound(0)]: session.int64(0) };
    let at = 0;
    for (const [i, part] of parts.entries()) {
      all.set(part, at);
      feeds[bound(i + 1)] = session.int64((at += part.length));
    }
    feeds[flat] = session.float32(all, [at]);
    const outputs = await session.run(feeds, nextTensors(this.layout));
    return new Map(this.names.map((name) => [name, outputs[`${name}.next`]!]));
  }

  async close(): Promise<void> {
    for (const session of [this.joining, this.parting]) await (await session)?.release();
  }
}

/** All of a state's tensors, whatever their shapes, one behind the other; of windows what lies between the tokens that the host says. */
function joinedGraph(layout: StateLayout): Uint8Array {
  const graph = new GraphBuilder();
  const windows = windowsByTensor(layout);
  const parts = stateTensors(layout).map((name) => {
    const tensor = graph.input(name, 'float32', dimensions(layout, name));
    const window = windows.get(name);
    const range = (window: number) =>
      [from, to].map((end) => graph.input(end(window), 'int64', [1])) as [Value, Value];
    const wanted = window === undefined ? tensor : cut(graph, tensor, ...range(window), 2);
    return graph.reshape(wanted, [-1]);
  });
  graph.output(graph.concat(parts, 0), flat, 'float32', ['elements']);
  return finish(graph);
}

/** The tensors again from one that holds them one behind the other: as they would come out of a run. */
function partedGraph(layout: StateLayout): Uint8Array {
  const graph = new GraphBuilder();
  const shapes = stateShapes(layout, 0);
  const windows = windowsByTensor(layout);
  const all = graph.input(flat, 'float32', ['elements']);
  const tensors = stateTensors(layout);
  const bounds = Array.from({ length: tensors.length + 1 }, (_, i) => graph.input(bound(i), 'int64', [1]));
  for (const [i, name] of tensors.entries()) {
    const part = cut(graph, all, bounds[i]!, bounds[i + 1]!, 0);
    const shape = shapes.get(name)!.map((size, axis) => (windows.has(name) && axis === 2 ? -1 : size));
    graph.output(graph.reshape(part, shape), `${name}.next`, 'float32', dimensions(layout, name));
  }
  return finish(graph);
}

function windowsByTensor({ windows }: StateLayout): Map<string, number> {
  return new Map(
    windows.flatMap(({ name, window }) => ['keys', 'values'].map((part) => [`${name}.${part}`, window])),
  );
}

function dimensions(layout: StateLayout, name: string): string[] {
  return stateShapes(layout, 0)
    .get(name)!
    .map((_, i) => `${name}.${i}`);
}

function cut(graph: GraphBuilder, value: Value, from: Value, to: Value, axis: number): Value {
  return graph.node('Slice', [value, from, to, graph.ints(axis)]);
}

function finish(graph: GraphBuilder): Uint8Array {
  return graph.finish('states in one');
}
