import { openOn } from './device-backend';
import type { BackendOptions } from './backend';
import { fromDevice, sharedTokens, toDevice } from './crossing';
import { DeviceRunner, type DeviceState } from './device-runner';
import { DeviceTransfer } from './device-transfer';
import type { Session } from './session';
import type { StateData } from './state-data';

/** A state on its way through a device. */
export type StateThere = DeviceState;

/** What a mixed backend needs of its device. States are the CPU's; their copies on the device are this interface's own. */
export interface ReadingDevice {
  /** A copy of `state`, of which no tokens are pending. */
  take(state: StateData): Promise<StateThere>;
  /** Reads on; gives the logits of the last position. */
  read(copy: StateThere, ids: readonly number[]): Promise<Float32Array>;
  /** What has become of `before`, which `copy` was once made from. */
  give(copy: StateThere, before: StateData): Promise<StateData>;
  release(copy: StateThere): void;
  close(): Promise<void>;
}

/** The half of a model that reads long texts: its graph, and what takes states there and back. */
export class DeviceReader implements ReadingDevice {
  private readonly runner: DeviceRunner;
  private readonly transfer: DeviceTransfer;
  private readonly copies = new Set<StateThere>();

  private constructor(
    private readonly options: BackendOptions,
    private readonly session: Session,
  ) {
    this.runner = new DeviceRunner(session, options.states);
    this.transfer = new DeviceTransfer(options.states, options.provider);
  }

  static async open(options: BackendOptions): Promise<DeviceReader> {
    return new DeviceReader(options, await openOn(options));
  }

  async take(state: StateData): Promise<StateThere> {
    const copy =
      state.length === 0
        ? this.runner.newState()
        : this.runner.stateOf(
            state.length,
            await this.transfer.up(toDevice(state, this.options.states)),
            state.logits,
          );
    this.copies.add(copy);
    return copy;
  }

  async read(copy: StateThere, ids: readonly number[]): Promise<Float32Array> {
    return (await this.runner.run(copy, ids)).logits;
  }

  async give(copy: StateThere, before: StateData): Promise<StateData> {
    const tensors = await this.transfer.down(copy, sharedTokens(before));
    return fromDevice(before, { length: copy.length, tensors, logits: copy.logits! }, this.options.states);
  }

  release(copy: StateThere): void {
    if (this.copies.delete(copy)) this.runner.release(copy);
  }

  async close(): Promise<void> {
    for (const copy of [...this.copies]) this.release(copy);
    await this.transfer.close();
    await this.runner.close();
    await this.session.release();
  }
}
