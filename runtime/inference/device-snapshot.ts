import type { StateLayout } from '../graph/states';
import { elementCount } from '../graph/stored-tensors';
import { stateShapes } from './device-layout';
import type { DeviceRunner, DeviceState } from './device-runner';
import { DeviceTransfer } from './device-transfer';
import type { ExecutionProvider } from './session';
import { checkedTensors, type StateSnapshot } from './snapshot';

/** States of a device as plain data, and back. */
export class DeviceSnapshots {
  private readonly transfer: DeviceTransfer;

  constructor(
    private readonly layout: StateLayout,
    private readonly model: string,
    provider: ExecutionProvider,
  ) {
    this.transfer = new DeviceTransfer(layout, provider);
  }

  async export(state: DeviceState): Promise<StateSnapshot> {
    const { length, logits } = state;
    const data = await this.transfer.down(state);
    const tensors = [...stateShapes(this.layout, length)].map(([name, shape]) => {
      return { name, shape, data: data.get(name)! };
    });
    if (logits) tensors.push({ name: 'logits', shape: [logits.length], data: logits.slice() });
    return { model: this.model, length, pending: 0, tensors };
  }

  /** @throws UserError where the snapshot is another model's or incomplete */
  async import(snapshot: StateSnapshot, runner: DeviceRunner): Promise<DeviceState> {
    const { length } = snapshot;
    const { take, logits } = checkedTensors(snapshot, this.model);
    const shapes = [...stateShapes(this.layout, length)];
    const tensors = new Map(shapes.map(([name, shape]) => [name, take(name, elementCount(shape))]));
    if (length === 0) return runner.newState();
    return runner.stateOf(length, await this.transfer.up(tensors), logits);
  }

  close(): Promise<void> {
    return this.transfer.close();
  }
}
