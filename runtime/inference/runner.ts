import { probeOutput } from '../graph/model-graph';
import { names, type StateLayout } from '../graph/states';
import type { Session, Tensor } from './session';
import { staysPending } from './pending';
import { tokenFeeds } from './token-feeds';
import { dropRings, emptyState, layRings, nothingPending, type Pending, type StateData } from './state-data';

export interface BlockOutput {
  /** float32 [wanted, vocabulary]: logits of the last positions. */
  logits: Float32Array;
  /** What the first mixer gave, where the graph was built with the probe. */
  probe?: Float32Array;
}

/** Runs blocks of tokens on states of its own kind. */
export interface Runner<State> {
  /** Of no tokens. */
  newState(): State;
  /** Reads `ids` (at least one) into `state`; gives the logits of the last `wanted` positions. */
  run(state: State, ids: readonly number[], wanted?: number): Promise<BlockOutput>;
}

/** States that keep their rings laid out: the one in front of the user and the one read in the background. */
const statesWithRings = 2;

/** Runs blocks of tokens on states: the only place that knows the graph's inputs and outputs. */
export class BlockRunner implements Runner<StateData> {
  /** Most recently run last. */
  private readonly ringed: StateData[] = [];

  private readonly nothing: Pending;
  private readonly allOutputs: string[];
  /** Without what is large and, while tokens stay pending, of no use: what is not asked for is not copied. */
  private readonly smallOutputs: string[];

  constructor(
    private readonly session: Session,
    private readonly layout: StateLayout,
  ) {
    const { recurrent, pending, windows } = layout;
    const always = session.outputs.filter((name) => name === names.logits || name === probeOutput);
    const ofWindows = windows.flatMap(({ name }) => [`${name}.keys.new`, `${name}.values.new`]);
    this.nothing = nothingPending(layout);
    this.allOutputs = [...always, ...ofWindows, ...recurrent.map(({ name }) => `${name}.next`)];
    this.smallOutputs = [...always, ...ofWindows, ...pending.map(({ name }) => `${name}.new`)];
  }

  newState(): StateData {
    return emptyState(this.layout);
  }

  async run(state: StateData, ids: readonly number[], wanted = 1): Promise<BlockOutput> {
    this.layOut(state);
    const stays = staysPending(this.layout, state.pending.tokens, ids.length);
    const wantedOutputs = stays ? this.smallOutputs : this.allOutputs;
    const outputs = await this.session.run(this.feeds(state, ids, wanted), wantedOutputs);
    const output = outputOf(outputs);
    const { logits } = output;
    if (!stays)
      state.recurrent = new Map(
        this.layout.recurrent.map(({ name }) => [name, floats(outputs, `${name}.next`)]),
      );
    state.pending = stays ? this.withRows(state.pending, outputs, ids.length) : this.nothing;
    this.advance(state, outputs, ids.length);
    state.logits = wanted === 1 ? logits : logits.slice(logits.length - logits.length / wanted);
    return output;
  }

  /**
   * Reads `ids` and as many of the drafted tokens behind them as `accept` says, once it has seen the logits after the last
   * of `ids` and after each draft. `roomForDrafts` says how many there may be.
   */
  async runWithDrafts(
    state: StateData,
    ids: readonly number[],
    drafts: readonly number[],
    accept: (logits: Float32Array) => number,
  ): Promise<void> {
    this.layOut(state);
    const feeds = this.feeds(state, [...ids, ...drafts], drafts.length + 1);
    const outputs = await this.session.run(feeds, this.smallOutputs);
    const { logits } = outputOf(outputs);
    const accepted = accept(logits);
    const vocabulary = logits.length / (drafts.length + 1);
    state.pending = this.withRows(state.pending, outputs, ids.length + accepted);
    this.advance(state, outputs, ids.length + accepted);
    state.logits = logits.slice(accepted * vocabulary, (accepted + 1) * vocabulary);
  }

  /** Bytes of the rings that are laid out. */
  get ringBytes(): number {
    return this.ringed.flatMap(({ rings }) => rings ?? []).reduce((sum, ring) => sum + ring.bytes, 0);
  }

  /** Forgets a state that is no longer used. */
  forget(state: StateData): void {
    const at = this.ringed.indexOf(state);
    if (at >= 0) this.ringed.splice(at, 1);
  }

  private feeds(state: StateData, ids: readonly number[], wanted: number): Record<string, Tensor> {
    const { session, layout } = this;
    const feeds = tokenFeeds(session, layout, state.length, ids, wanted);
    for (const { name, shape } of layout.recurrent)
      feeds[name] = session.float32(state.recurrent.get(name)!, shape);
    for (const [i, { name, width }] of layout.pending.entries())
      feeds[name] = session.float32(state.pending.rows[i]!, [state.pending.tokens, width]);
    for (const [i, { name, window, keyValueHeads, headSize }] of layout.windows.entries()) {
      const { slots, keys, values, positions } = state.rings![i]!;
      feeds[`${name}.keys`] = session.float32(keys, [keyValueHeads, slots, headSize]);
      feeds[`${name}.values`] = session.float32(values, [keyValueHeads, slots, headSize]);
      feeds[names.slots(window)] ??= session.float32(positions, [slots]);
    }
    return feeds;
  }

  /** The pending rows and those of the first `count` tokens that were read. */
  private withRows({ tokens, rows }: Pending, outputs: Record<string, Tensor>, count: number): Pending {
    const longer = this.layout.pending.map(({ name, width }, i) => {
      const all = new Float32Array((tokens + count) * width);
      all.set(rows[i]!);
      all.set(floats(outputs, `${name}.new`).subarray(0, count * width), tokens * width);
      return all;
    });
    return { tokens: tokens + count, rows: longer };
  }

  /** Takes over the first `count` tokens' keys and values. */
  private advance(state: StateData, outputs: Record<string, Tensor>, count: number): void {
    state.windows = this.layout.windows.map(({ name }, i) => {
      const keys = floats(outputs, `${name}.keys.new`);
      const values = floats(outputs, `${name}.values.new`);
      return state.rings![i]!.append(state.windows[i]!, state.length, { keys, values }, count);
    });
    state.length += count;
  }

  private layOut(state: StateData): void {
    this.forget(state);
    this.ringed.push(state);
    state.rings ??= layRings(state, this.layout);
    while (this.ringed.length > statesWithRings) dropRings(this.ringed.shift()!);
  }
}

export function outputOf(outputs: Record<string, Tensor>): BlockOutput {
  const logits = floats(outputs, names.logits);
  const probe = outputs[probeOutput];
  return probe ? { logits, probe: probe.data as Float32Array } : { logits };
}

/** Of parts that were read one behind the other. */
export function joinOutputs(parts: readonly BlockOutput[]): BlockOutput {
  const logits = joined(parts.map((part) => part.logits));
  return parts[0]!.probe ? { logits, probe: joined(parts.map(({ probe }) => probe!)) } : { logits };
}

/** One behind the other. */
export function joined(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0]!;
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function floats(outputs: Record<string, Tensor>, name: string): Float32Array {
  const tensor = outputs[name];
  if (!tensor) throw new Error(`The graph gave no output "${name}"`);
  return tensor.data as Float32Array;
}
