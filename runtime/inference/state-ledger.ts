import type { StateLayout } from '../graph/states';
import { elementCount } from '../graph/stored-tensors';
import { mostPending } from './pending';
import { oldestPage, pageTokens } from './windows';

/** Something that states share, with the number of states that hold it. */
interface Shared {
  bytes: number;
  holders: number;
}

interface Account {
  length: number;
  recurrent: Shared;
  /** Logits and pending rows: new after every run. */
  fresh: Shared;
  pending: number;
  windows: { first: number; pages: Shared[] }[];
}

/** Counts the bytes that states hold, wherever they live. */
export interface Ledger {
  readonly bytes: number;
  /** States that are not released. */
  readonly states: number;
  /**
   * Bytes of one state that shares nothing and has filled its windows. Where attention has no window, the state holds
   * every token's keys and values and grows without end: then of one that has read `usefulContext` tokens.
   */
  fullStateBytes(usefulContext: number): number;
  /** Bytes that go when this state is released; what it shares with others stays. */
  exclusiveBytes(id: number): number;
  create(id: number): void;
  fork(id: number, from: number): void;
  /** A state that shares nothing, of which the last `pending` tokens are pending. */
  restore(id: number, length: number, pending: number): void;
  /** `count` more tokens were read into the state; now the last `pending` are pending. */
  advance(id: number, count: number, pending: number): void;
  release(id: number): void;
}

/**
 * Counts from what was done to them: parts that forks share count
 * once. An unfinished page counts for every state, though a fork that has not been run may share it.
 */
export class StateLedger implements Ledger {
  private readonly accounts = new Map<number, Account>();
  private total = 0;
  private readonly recurrentBytes: number;
  private readonly logitsBytes: number;
  private readonly pendingTokenBytes: number;
  private readonly tokenBytes: number[];

  constructor(
    private readonly layout: StateLayout,
    vocabulary: number,
  ) {
    this.recurrentBytes = layout.recurrent.reduce((sum, { shape }) => sum + 4 * elementCount(shape), 0);
    this.logitsBytes = 4 * vocabulary;
    this.pendingTokenBytes = layout.pending.reduce((sum, { width }) => sum + 4 * width, 0);
    this.tokenBytes = layout.windows.map(({ keyValueHeads, headSize }) => 4 * 2 * keyValueHeads * headSize);
  }

  get bytes(): number {
    return this.total;
  }

  get states(): number {
    return this.accounts.size;
  }

  fullStateBytes(usefulContext: number): number {
    return this.layout.windows.reduce(
      (sum, { window }, i) => sum + (Number.isFinite(window) ? window : usefulContext) * this.tokenBytes[i]!,
      this.recurrentBytes + this.logitsBytes + mostPending * this.pendingTokenBytes,
    );
  }

  exclusiveBytes(id: number): number {
    const { length, recurrent, fresh, windows } = this.accounts.get(id)!;
    const parts = [recurrent, fresh, ...windows.flatMap(({ pages }) => pages)];
    const own = parts.filter(({ holders }) => holders === 1);
    return own.reduce((sum, { bytes }) => sum + bytes, this.unfinishedBytes(length));
  }

  create(id: number): void {
    // Before the first token a state shares its zeros with every other.
    const windows = this.layout.windows.map(() => ({ first: 0, pages: [] }));
    this.accounts.set(id, {
      length: 0,
      recurrent: this.newPart(0),
      fresh: this.newPart(0),
      pending: 0,
      windows,
    });
  }

  fork(id: number, from: number): void {
    const { length, recurrent, fresh, pending, windows } = this.accounts.get(from)!;
    const copies = windows.map(({ first, pages }) => ({
      first,
      pages: pages.map((page) => this.hold(page)),
    }));
    const shared = { recurrent: this.hold(recurrent), fresh: this.hold(fresh) };
    this.accounts.set(id, { length, ...shared, pending, windows: copies });
    this.total += this.unfinishedBytes(length);
  }

  restore(id: number, length: number, pending: number): void {
    this.create(id);
    this.advance(id, length, pending);
    this.renew(this.accounts.get(id)!, true);
  }

  advance(id: number, count: number, pending: number): void {
    const account = this.accounts.get(id);
    if (!account) return;
    const renewed = pending < account.pending + count;
    account.pending = pending;
    this.renew(account, renewed);
    this.total -= this.unfinishedBytes(account.length);
    account.length += count;
    this.total += this.unfinishedBytes(account.length);
    const lastPage = Math.floor(account.length / pageTokens);
    for (const [i, window] of account.windows.entries()) {
      const bytes = pageTokens * this.tokenBytes[i]!;
      while (window.first + window.pages.length < lastPage) window.pages.push(this.newPart(bytes));
      const oldest = Math.max(window.first, oldestPage(this.layout.windows[i]!.window, account.length));
      for (const page of window.pages.splice(0, oldest - window.first)) this.drop(page);
      window.first = oldest;
    }
  }

  release(id: number): void {
    const account = this.accounts.get(id);
    if (!account) return;
    this.accounts.delete(id);
    this.drop(account.recurrent);
    this.drop(account.fresh);
    for (const { pages } of account.windows) for (const page of pages) this.drop(page);
    this.total -= this.unfinishedBytes(account.length);
  }

  /** The parts that a run makes anew: always the small ones, the recurrent tensors where it changed them. */
  private renew(account: Account, recurrent: boolean): void {
    this.drop(account.fresh);
    account.fresh = this.newPart(this.logitsBytes + account.pending * this.pendingTokenBytes);
    if (!recurrent) return;
    this.drop(account.recurrent);
    account.recurrent = this.newPart(this.recurrentBytes);
  }

  private unfinishedBytes(length: number): number {
    return (length % pageTokens) * this.tokenBytes.reduce((sum, bytes) => sum + bytes, 0);
  }

  private newPart(bytes: number): Shared {
    return this.hold({ bytes, holders: 0 });
  }

  private hold(shared: Shared): Shared {
    if (shared.holders++ === 0) this.total += shared.bytes;
    return shared;
  }

  private drop(shared: Shared): void {
    if (--shared.holders === 0) this.total -= shared.bytes;
  }
}
