import type { Backend, BackendOptions, BlockResult, Want } from './backend';
import { roomForDrafts } from './pending';
import { BlockRunner } from './runner';
import { chooseToken, scoresOf, type Choice, type ChosenToken } from './sampling';
import { openSession, type Session } from './session';
import { exportState, importState, type StateSnapshot } from './snapshot';
import { emptyState, forkState, type StateData } from './state-data';

/** Runs the model in the thread that calls it. */
export class LocalBackend implements Backend {
  private readonly states = new Map<number, StateData>();
  private readonly empty: StateData;
  private readonly runner: BlockRunner;

  private constructor(
    private readonly options: BackendOptions,
    private readonly session: Session,
  ) {
    this.empty = emptyState(options.states);
    this.runner = new BlockRunner(session, options.states);
  }

  static async open(options: BackendOptions): Promise<LocalBackend> {
    return new LocalBackend(options, await openSession(options));
  }

  create(state: number): void {
    this.states.set(state, { ...this.empty });
  }

  fork(state: number, from: number): void {
    this.states.set(state, forkState(this.get(from)));
  }

  release(state: number): void {
    this.runner.forget(this.get(state));
    this.states.delete(state);
  }

  async run(id: number, ids: readonly number[], want: Want): Promise<BlockResult> {
    const state = this.get(id);
    const before = state.logits;
    const read = await this.read(state, ids, want);
    const scores = want.kind === 'scores' ? scoresOf(ids, before, read.logits!) : undefined;
    return {
      ringBytes: this.runner.ringBytes,
      pending: state.pending.tokens,
      ...(read.tokens && { tokens: read.tokens }),
      ...(scores && { scores }),
    };
  }

  private async read(
    state: StateData,
    ids: readonly number[],
    want: Want,
  ): Promise<{ logits?: Float32Array; tokens?: ChosenToken[] }> {
    if (want.kind === 'nothing') {
      await this.runner.run(state, ids);
      return {};
    }
    if (want.kind === 'scores') return this.runner.run(state, ids, ids.length);
    const drafts =
      want.drafts?.slice(0, roomForDrafts(this.options.states, state.pending.tokens, ids.length)) ?? [];
    if (drafts.length === 0) {
      const { logits } = await this.runner.run(state, ids);
      return { tokens: [chooseToken(logits, want.choice)] };
    }
    let tokens: ChosenToken[] = [];
    await this.runner.runWithDrafts(state, ids, drafts, (logits) => {
      tokens = chooseAlong(logits, drafts, want.choice);
      return tokens.length - 1;
    });
    return { tokens };
  }

  exportState(state: number): Promise<StateSnapshot> {
    return Promise.resolve(exportState(this.get(state), this.options.states, this.options.key));
  }

  async importState(state: number, snapshot: StateSnapshot): Promise<void> {
    this.states.set(state, importState(snapshot, this.options.states, this.options.key));
  }

  async close(): Promise<void> {
    this.states.clear();
    await this.session.release();
  }

  /** The state itself: what it refers to is shared with others. */
  get(id: number): StateData {
    const state = this.states.get(id);
    if (!state) throw new Error(`State ${id} does not exist or was released`);
    return state;
  }

  /** From now on the state is this one. */
  replace(id: number, state: StateData): void {
    this.runner.forget(this.get(id));
    this.states.set(id, state);
  }

  get ringBytes(): number {
    return this.runner.ringBytes;
  }

  /** Bytes that the states really hold, shared parts once. For checks: it walks everything. */
  bytesHeld(): number {
    const buffers = new Set<ArrayBufferLike>();
    for (const { recurrent, pending, windows, logits, rings } of this.states.values()) {
      for (const data of [...recurrent.values(), ...pending.rows]) buffers.add(data.buffer);
      for (const { pages } of windows)
        for (const { keys, values } of pages) buffers.add(keys.buffer).add(values.buffer);
      if (logits) buffers.add(logits.buffer);
      for (const ring of rings ?? [])
        buffers.add(ring.keys.buffer).add(ring.values.buffer).add(ring.positions.buffer);
    }
    let bytes = 0;
    for (const buffer of buffers) bytes += buffer.byteLength;
    return bytes;
  }
}

/** The tokens that are chosen one after the other for as long as each is the drafted one, and the one behind them. */
function chooseAlong(logits: Float32Array, drafts: readonly number[], choice: Choice): ChosenToken[] {
  const vocabulary = logits.length / (drafts.length + 1);
  const tokens: ChosenToken[] = [];
  do {
    const at = tokens.length * vocabulary;
    tokens.push(chooseToken(logits.subarray(at, at + vocabulary), choice));
  } while (tokens.at(-1)!.id === drafts[tokens.length - 1]);
  return tokens;
}
