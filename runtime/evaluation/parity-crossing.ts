import { fromDevice, sharedTokens, toDevice } from '../inference/crossing';
import { DeviceRunner } from '../inference/device-runner';
import { DeviceTransfer } from '../inference/device-transfer';
import { BlockRunner, type BlockOutput, type Runner } from '../inference/runner';
import type { Session } from '../inference/session';
import type { StateData } from '../inference/state-data';
import type { StateLayout } from '../graph/states';
import type { Provider } from '../graph/context';

/** A model's graph for one of the two, and the states it takes. */
export interface Side {
  session: Session;
  states: StateLayout;
}

/** A state in main memory, and where it was read last. */
export interface CrossingState {
  data: StateData;
  wasOnDevice: boolean;
  logits: Float32Array | undefined;
}

/** Reads on the device and on the CPU in turn, so that a state crosses as often as it can: whatever is pending stays where it is. */
export class CrossingRunner implements Runner<CrossingState> {
  private readonly cpu: BlockRunner;
  private readonly device: DeviceRunner;
  private readonly transfer: DeviceTransfer;

  constructor(
    cpu: Side,
    private readonly there: Side,
    provider: Provider,
  ) {
    this.cpu = new BlockRunner(cpu.session, cpu.states);
    this.device = new DeviceRunner(there.session, there.states);
    this.transfer = new DeviceTransfer(there.states, provider);
  }

  newState(): CrossingState {
    return { data: this.cpu.newState(), wasOnDevice: false, logits: undefined };
  }

  async run(state: CrossingState, ids: readonly number[], wanted?: number): Promise<BlockOutput> {
    const onDevice = !state.wasOnDevice && state.data.pending.tokens === 0;
    const output = onDevice
      ? await this.readThere(state, ids, wanted)
      : await this.cpu.run(state.data, ids, wanted);
    state.wasOnDevice = onDevice;
    state.logits = state.data.logits;
    return output;
  }

  async close(): Promise<void> {
    await this.transfer.close();
    await this.device.close();
  }

  private async readThere(
    state: CrossingState,
    ids: readonly number[],
    wanted?: number,
  ): Promise<BlockOutput> {
    const { data } = state;
    const { states } = this.there;
    const copy =
      data.length === 0
        ? this.device.newState()
        : this.device.stateOf(data.length, await this.transfer.up(toDevice(data, states)), data.logits);
    try {
      const output = await this.device.run(copy, ids, wanted);
      const tensors = await this.transfer.down(copy, sharedTokens(data));
      this.cpu.forget(data);
      state.data = fromDevice(data, { length: copy.length, tensors, logits: copy.logits! }, states);
      return output;
    } finally {
      this.device.release(copy);
    }
  }
}
