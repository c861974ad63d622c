import { growing, growthBytes, type StateLayout } from '../graph/states';
import { elementCount } from '../graph/stored-tensors';
import { CacheSpace, roomyFor } from './cache-space';
import { stateShapes } from './device-layout';
import type { Ledger } from './state-ledger';

/** What a run made: all of a state but what grows, since nothing of it is carried over. */
interface Whole {
  bytes: number;
  holders: number;
}

interface Account {
  length: number;
  whole: Whole;
  /** Of what grows, with its bytes; absent where nothing does, and before the first token. */
  space?: CacheSpace<number>;
}

/**
 * Counts the bytes of states that live on a device: forks share all until one of them reads on, and then still the space that keys and
 * values of everything lie in, as far as `DeviceRoom` has them share it.
 */
export class DeviceLedger implements Ledger {
  private readonly accounts = new Map<number, Account>();
  private readonly tokenBytes: number;
  private total = 0;

  constructor(
    private readonly layout: StateLayout,
    private readonly vocabulary: number,
  ) {
    this.tokenBytes = growthBytes(layout);
  }

  get bytes(): number {
    return this.total;
  }

  get states(): number {
    return this.accounts.size;
  }

  fullStateBytes(usefulContext: number): number {
    const longest = this.layout.windows.map((each) => (growing(each) ? usefulContext : each.window));
    const length = Math.max(1, ...longest);
    return this.wholeBytes(length) + this.tokenBytes * roomyFor(length);
  }

  exclusiveBytes(id: number): number {
    const { whole, space } = this.accounts.get(id)!;
    return (whole.holders === 1 ? whole.bytes : 0) + (space?.holders === 1 ? space.content : 0);
  }

  create(id: number): void {
    // Before the first token a state shares its zeros with every other.
    this.accounts.set(id, { length: 0, whole: { bytes: 0, holders: 1 } });
  }

  fork(id: number, from: number): void {
    const account = this.accounts.get(from)!;
    account.whole.holders++;
    account.space?.hold(account.length);
    this.accounts.set(id, { ...account });
  }

  restore(id: number, length: number): void {
    this.create(id);
    // What comes back from main memory has just the room that it needs.
    if (length > 0) this.advanceIn(this.accounts.get(id)!, length, this.newSpace(length));
  }

  advance(id: number, count: number): void {
    const account = this.accounts.get(id);
    if (!account) return;
    const { length, space } = account;
    const stays = space?.takes(length, count);
    this.advanceIn(account, count, stays ? space : this.newSpace(roomyFor(length + count)));
  }

  release(id: number): void {
    const account = this.accounts.get(id);
    if (!account) return;
    this.accounts.delete(id);
    this.drop(account);
  }

  private newSpace(tokens: number): CacheSpace<number> | undefined {
    if (this.tokenBytes === 0) return undefined;
    const bytes = this.tokenBytes * tokens;
    this.total += bytes;
    return new CacheSpace(tokens, bytes);
  }

  private advanceIn(account: Account, count: number, space: CacheSpace<number> | undefined): void {
    const before = { ...account };
    account.length += count;
    account.space = space;
    space?.hold(account.length);
    account.whole = { bytes: this.wholeBytes(account.length), holders: 1 };
    this.total += account.whole.bytes;
    this.drop(before);
  }

  private wholeBytes(length: number): number {
    const windows = this.layout.windows.filter((each) => !growing(each));
    const shapes = [...stateShapes({ ...this.layout, windows }, length).values()];
    return shapes.reduce((sum, shape) => sum + 4 * elementCount(shape), 4 * this.vocabulary);
  }

  private drop({ length, whole, space }: Account): void {
    if (--whole.holders === 0) this.total -= whole.bytes;
    if (space?.letGo(length)) this.total -= space.content;
  }
}
