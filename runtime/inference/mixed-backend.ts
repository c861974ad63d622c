import { cpuBlock } from '../graph/blocks';
import { messageOf } from '../protocol/errors';
import type { Backend, BackendOptions, BlockResult, Want } from './backend';
import { DeviceReader, type ReadingDevice, type StateThere } from './device-reader';
import type { LocalBackend } from './local-backend';
import { mostPending } from './pending';
import { chooseToken } from './sampling';
import type { StateSnapshot } from './snapshot';
import { forkState } from './state-data';

/** What states have read on the device since they were last in main memory. */
interface Ahead {
  copy: StateThere;
  ids: readonly number[];
  /** States that have read just that: one, and its forks. */
  holders: Set<number>;
}

/** States whose newest copy is on the device: the one in front of the user and the one read in the background. */
const mostThere = 2;

/**
 * Runs the model on the CPU and has a device read long texts. States live in main memory; while one is read into on the device, its
 * newest copy stays there, and comes back when it is first needed for anything else. What that copy has read is remembered, so that
 * nothing is lost with the device: the CPU reads it again.
 */
export class MixedBackend implements Backend {
  private device: ReadingDevice | undefined;
  private lost: string | undefined;
  /** By state, those read last behind the others. */
  private readonly ahead = new Map<number, Ahead>();
  private turns: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly cpu: LocalBackend,
    private readonly open: (options: BackendOptions) => Promise<ReadingDevice> = (options) =>
      DeviceReader.open(options),
  ) {}

  openDevice(options: BackendOptions): Promise<void> {
    return this.inTurn(async () => {
      this.device = await this.open(options);
    });
  }

  create(state: number): void {
    this.soon(() => this.cpu.create(state));
  }

  fork(state: number, from: number): void {
    this.soon(() => {
      this.cpu.fork(state, from);
      const ahead = this.ahead.get(from);
      if (!ahead) return;
      ahead.holders.add(state);
      this.ahead.set(state, ahead);
    });
  }

  release(state: number): void {
    this.soon(() => {
      this.leave(state);
      this.cpu.release(state);
    });
  }

  run(state: number, ids: readonly number[], want: Want, onDevice = false): Promise<BlockResult> {
    return this.inTurn(async () => {
      const result = await this.read(state, ids, want, onDevice);
      return this.lost === undefined ? result : { ...result, deviceLost: this.lost };
    });
  }

  exportState(state: number): Promise<StateSnapshot> {
    return this.inTurn(async () => {
      await this.comeBack(this.ahead.get(state));
      return this.cpu.exportState(state);
    });
  }

  importState(state: number, snapshot: StateSnapshot): Promise<void> {
    return this.inTurn(() => this.cpu.importState(state, snapshot));
  }

  close(): Promise<void> {
    return this.inTurn(async () => {
      const { device } = this;
      this.device = undefined;
      this.ahead.clear();
      // What a device fails with now is of no concern to anybody.
      await device?.close().catch(() => undefined);
      await this.cpu.close();
    });
  }

  private async read(
    id: number,
    ids: readonly number[],
    want: Want,
    onDevice: boolean,
  ): Promise<BlockResult> {
    if (!this.device || !onDevice || want.kind === 'scores') {
      await this.comeBack(this.ahead.get(id));
      return this.readHere(id, ids, want);
    }
    const rest = this.ahead.has(id) ? ids : await this.takePendingIn(id, ids);
    try {
      const logits = await this.readThere(id, rest);
      return {
        ringBytes: this.cpu.ringBytes,
        pending: 0,
        ...(want.kind === 'token' && { tokens: [chooseToken(logits, want.choice)] }),
      };
    } catch (error) {
      this.lose(error);
      await this.comeBack(this.ahead.get(id));
      return this.readHere(id, rest, want);
    }
  }

  /** Reads as few of `ids` as leave none pending, and gives the others: pending tokens do not cross. */
  private async takePendingIn(id: number, ids: readonly number[]): Promise<readonly number[]> {
    if (this.cpu.get(id).pending.tokens === 0) return ids;
    await this.cpu.run(id, ids.slice(0, mostPending + 1), { kind: 'nothing' });
    return ids.slice(mostPending + 1);
  }

  /** @throws where it is lost, perhaps just now */
  private get working(): ReadingDevice {
    if (!this.device) throw new Error(this.lost);
    return this.device;
  }

  private async readThere(id: number, ids: readonly number[]): Promise<Float32Array> {
    let ahead = this.ahead.get(id);
    if (ahead) {
      // A fork is made to be kept, and what is kept lies in main memory.
      if (ahead.holders.size > 1) await this.bringDown(ahead);
      for (const other of [...ahead.holders]) if (other !== id) this.leave(other);
      this.ahead.delete(id);
    } else {
      const there = [...new Set(this.ahead.values())];
      for (const oldest of there.slice(0, Math.max(0, there.length + 1 - mostThere)))
        await this.comeBack(oldest);
      ahead = { copy: await this.working.take(this.cpu.get(id)), ids: [], holders: new Set([id]) };
    }
    this.ahead.set(id, ahead);
    const logits = await this.working.read(ahead.copy, ids);
    ahead.ids = [...ahead.ids, ...ids];
    return logits;
  }

  /** In blocks of the CPU's, since a device's are too long for it. */
  private async readHere(id: number, ids: readonly number[], want: Want): Promise<BlockResult> {
    let rest = ids;
    if (want.kind !== 'scores')
      for (; rest.length > cpuBlock; rest = rest.slice(cpuBlock))
        await this.cpu.run(id, rest.slice(0, cpuBlock), { kind: 'nothing' });
    return this.cpu.run(id, rest, want);
  }

  /** Afterwards the states in main memory are the newest, and the only ones. */
  private async comeBack(ahead: Ahead | undefined): Promise<void> {
    if (!ahead) return;
    await this.bringDown(ahead);
    for (const holder of [...ahead.holders]) this.leave(holder);
  }

  /** Afterwards the copy on the device is no newer than the states in main memory. */
  private async bringDown(ahead: Ahead): Promise<void> {
    if (ahead.ids.length === 0) return;
    const [first, ...others] = [...ahead.holders] as [number, ...number[]];
    if (!(await this.copyDown(first, ahead))) await this.readHere(first, ahead.ids, { kind: 'nothing' });
    for (const other of others) this.cpu.replace(other, forkState(this.cpu.get(first)));
    ahead.ids = [];
  }

  private async copyDown(id: number, { copy }: Ahead): Promise<boolean> {
    if (!this.device) return false;
    try {
      this.cpu.replace(id, await this.device.give(copy, this.cpu.get(id)));
      return true;
    } catch (error) {
      this.lose(error);
      return false;
    }
  }

  /** The state goes on alone, with what is in main memory. */
  private leave(id: number): void {
    const ahead = this.ahead.get(id);
    if (!ahead) return;
    this.ahead.delete(id);
    ahead.holders.delete(id);
    if (ahead.holders.size === 0) this.device?.release(ahead.copy);
  }

  /** Whatever it was: the CPU can do it all. */
  private lose(reason: unknown): void {
    const { device } = this;
    this.lost ??= messageOf(reason);
    this.device = undefined;
    void device?.close().catch(() => undefined);
  }

  /** Like a call of `inTurn` that nobody waits for: it fails only for a state that is not there, which its next run reports. */
  private soon(job: () => void): void {
    this.inTurn(() => Promise.resolve(job())).catch(() => undefined);
  }

  /** A run is several here, and nothing may come in between. */
  private inTurn<T>(job: () => Promise<T>): Promise<T> {
    const result = this.turns.then(job);
    this.turns = result.catch(() => undefined);
    return result;
  }
}
