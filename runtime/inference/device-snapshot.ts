import { GraphBuilder } from '../graph/builder';
import type { StateLayout } from '../graph/states';
import { elementCount } from '../graph/stored-tensors';
import { stateShapes, stateTensors, type DeviceRunner, type DeviceState } from './device-runner';
import { openGraph, type ExecutionProvider, type Session, type Tensor } from './session';
import { checkedTensors, type StateSnapshot } from './snapshot';

const flat = 'flat';

/** Takes states from the device to main memory: as one tensor, since each that is copied by itself waits for the device. */
export class DeviceSnapshots {
  private joining: Promise<Session> | undefined;

  constructor(
    private readonly layout: StateLayout,
    private readonly model: string,
    private readonly provider: ExecutionProvider,
  ) {}

  async export({ length, held, logits }: DeviceState): Promise<StateSnapshot> {
    const session = await (this.joining ??= openGraph(joinedGraph(this.layout), this.provider));
    const outputs = await session.run(Object.fromEntries(held.byName), [flat]);
    const all = outputs[flat]!.data as Float32Array;
    let at = 0;
    const tensors = [...stateShapes(this.layout, length)].map(([name, shape]) => {
      const data = all.slice(at, (at += elementCount(shape)));
      return { name, shape, data };
    });
    if (logits) tensors.push({ name: 'logits', shape: [logits.length], data: logits.slice() });
    return { model: this.model, length, pending: 0, tensors };
  }

  /** The next run takes the tensors to the device. @throws UserError where the snapshot is another model's or incomplete */
  import(snapshot: StateSnapshot, runner: DeviceRunner, session: Session): DeviceState {
    const { length } = snapshot;
    const { take, logits } = checkedTensors(snapshot, this.model);
    const tensors = [...stateShapes(this.layout, length)].map(([name, shape]): [string, Tensor] => [
      name,
      session.float32(take(name, elementCount(shape)), shape),
    ]);
    return runner.stateOf(length, new Map(tensors), logits);
  }

  async close(): Promise<void> {
    await (await this.joining)?.release();
  }
}

/** All of a state's tensors, whatever their shapes, one behind the other. */
function joinedGraph(layout: StateLayout): Uint8Array {
  const graph = new GraphBuilder();
  const shapes = stateShapes(layout, 0);
  const parts = stateTensors(layout).map((name) => {
    const dimensions = shapes.get(name)!.map((_, i) => `${name}.${i}`);
    return graph.reshape(graph.input(name, 'float32', dimensions), [-1]);
  });
  graph.output(graph.concat(parts, 0), flat, 'float32', ['elements']);
  return graph.finish('state in one', () => {
    throw new Error('The graph has no weights');
  });
}
