import type { StateLayout } from '../graph/states';
import { elementCount } from '../graph/stored-tensors';
import { stateShapes } from './device-runner';
import type { Ledger } from './state-ledger';

/** What a run made: all of a state, since nothing of it is carried over. */
interface Whole {
  bytes: number;
  holders: number;
}

/** Counts the bytes of states that live on a device: forks share all until one of them reads on. */
export class DeviceLedger implements Ledger {
  private readonly accounts = new Map<number, { length: number; whole: Whole }>();
  private total = 0;

  constructor(
    private readonly layout: StateLayout,
    private readonly vocabulary: number,
  ) {}

  get bytes(): number {
    return this.total;
  }

  get states(): number {
    return this.accounts.size;
  }

  fullStateBytes(usefulContext: number): number {
    const longest = this.layout.windows.map(({ window }) =>
      Number.isFinite(window) ? window : usefulContext,
    );
    return this.bytesAt(Math.max(1, ...longest));
  }

  exclusiveBytes(id: number): number {
    const { bytes, holders } = this.accounts.get(id)!.whole;
    return holders === 1 ? bytes : 0;
  }

  create(id: number): void {
    // Before the first token a state shares its zeros with every other.
    this.accounts.set(id, { length: 0, whole: { bytes: 0, holders: 1 } });
  }

  fork(id: number, from: number): void {
    const { length, whole } = this.accounts.get(from)!;
    whole.holders++;
    this.accounts.set(id, { length, whole });
  }

  restore(id: number, length: number): void {
    this.create(id);
    this.advance(id, length);
  }

  advance(id: number, count: number): void {
    const account = this.accounts.get(id);
    if (!account) return;
    this.drop(account.whole);
    account.length += count;
    account.whole = { bytes: this.bytesAt(account.length), holders: 1 };
    this.total += account.whole.bytes;
  }

  release(id: number): void {
    const account = this.accounts.get(id);
    if (!account) return;
    this.accounts.delete(id);
    this.drop(account.whole);
  }

  private bytesAt(length: number): number {
    const shapes = [...stateShapes(this.layout, length).values()];
    return shapes.reduce((sum, shape) => sum + 4 * elementCount(shape), 4 * this.vocabulary);
  }

  private drop(whole: Whole): void {
    if (--whole.holders === 0) this.total -= whole.bytes;
  }
}
