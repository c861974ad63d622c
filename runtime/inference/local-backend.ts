import type { Backend, BackendOptions, BlockResult, Want } from './backend';
import { BlockRunner } from './runner';
import { logProbability, chooseToken } from './sampling';
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
    const wanted = want.kind === 'scores' ? ids.length : 1;
    const { logits } = await this.runner.run(state, ids, wanted);
    const ringBytes = this.runner.ringBytes;
    switch (want.kind) {
      case 'nothing':
        return { ringBytes };
      case 'token':
        return { ringBytes, token: chooseToken(logits, want.choice) };
      case 'scores':
        return { ringBytes, scores: scoresOf(ids, before, logits) };
    }
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

  private get(id: number): StateData {
    const state = this.states.get(id);
    if (!state) throw new Error(`State ${id} does not exist or was released`);
    return state;
  }
}

function scoresOf(
  ids: readonly number[],
  before: Float32Array | undefined,
  logits: Float32Array,
): Float32Array {
  const vocabulary = logits.length / ids.length;
  return Float32Array.from(ids, (id, i) => {
    const row = i === 0 ? before : logits.subarray((i - 1) * vocabulary, i * vocabulary);
    return row ? logProbability(row, id) : NaN;
  });
}
