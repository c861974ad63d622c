import { blockTokens } from '../graph/chunked-ssd';
import { greedySteps } from '../graph/greedy-graph';
import { probeOutput } from '../graph/model-graph';
import { keptOnDevice, names, type StateLayout } from '../graph/states';
import { outputOf, type BlockOutput, type Runner } from './runner';
import type { ChosenToken } from './sampling';
import type { Session, Tensor } from './session';
import { rotationFeeds, tokenFeeds } from './token-feeds';

/** Everything a model knows of what it has read, in the memory of the device that runs it. */
export interface DeviceState {
  length: number;
  held: HeldTensors;
  /** Logits after the last token, in main memory; undefined before the first. */
  logits: Float32Array | undefined;
  released?: boolean;
}

/** Tensors by the names of the graph's inputs. A run replaces all of them, so that forks share all or nothing. */
export interface HeldTensors {
  readonly byName: ReadonlyMap<string, Tensor>;
  /** States, and runs that read them. The last one that lets go frees the memory. */
  holders: number;
}

/** Names of the tensors that make up a state, by the input that takes them; the output that gives each has `.next` behind. */
export function stateTensors({ recurrent, windows }: StateLayout): string[] {
  const ofWindows = windows.flatMap(({ name }) => [`${name}.keys`, `${name}.values`]);
  return [...recurrent.map(({ name }) => name), ...ofWindows];
}

/** Outputs that a session leaves where it runs. */
export function deviceOutputs(layout: StateLayout): string[] {
  return layout.onDevice ? stateTensors(layout).map((name) => `${name}.next`) : [];
}

/** The shape of each at some length. */
export function stateShapes({ recurrent, windows }: StateLayout, length: number): Map<string, number[]> {
  const ofWindows = windows.flatMap(({ name, window, keyValueHeads, headSize }): [string, number[]][] => {
    const shape = [1, keyValueHeads, keptOnDevice(window, length), headSize];
    return [
      [`${name}.keys`, shape],
      [`${name}.values`, shape],
    ];
  });
  return new Map([...recurrent.map(({ name, shape }): [string, number[]] => [name, shape]), ...ofWindows]);
}

/** Further graphs of the model, opened when they are first needed: their weights take memory of their own. */
export interface OtherSessions {
  /** For runs of `blockTokens`; absent = the one session takes them as well. */
  block?: () => Promise<Session>;
  /** Chooses the likeliest tokens itself; absent where there is none, or no room for it. */
  greedy?: () => Promise<Session | undefined>;
}

/** Runs blocks of tokens on states that never leave the device: a run takes tensors and gives new ones. */
export class DeviceRunner implements Runner<DeviceState> {
  private readonly tensors: readonly string[];
  private readonly always: readonly string[];
  private readonly empty: HeldTensors;

  constructor(
    private readonly session: Session,
    private readonly layout: StateLayout,
    private readonly others: OtherSessions = {},
  ) {
    this.tensors = stateTensors(layout);
    this.always = session.outputs.filter((name) => name === names.logits || name === probeOutput);
    const zeros = [...stateShapes(layout, 0)].map(([name, shape]): [string, Tensor] => [
      name,
      session.float32(new Float32Array(shape.reduce((product, size) => product * size, 1)), shape),
    ]);
    // Held by the runner itself, so that its tensors stay.
    this.empty = { byName: new Map(zeros), holders: 1 };
  }

  newState(): DeviceState {
    return { length: 0, held: hold(this.empty), logits: undefined };
  }

  /** A state of tensors in main memory, which the next run takes to the device. */
  stateOf(length: number, byName: ReadonlyMap<string, Tensor>, logits?: Float32Array): DeviceState {
    return { length, held: { byName, holders: 1 }, logits };
  }

  fork(state: DeviceState): DeviceState {
    return { ...state, held: hold(state.held) };
  }

  /** The state is not used again, though a run may still be reading it. */
  release(state: DeviceState): void {
    state.released = true;
    drop(state.held);
  }

  /** Reads `ids` (at least one) into `state`; gives the logits of the last `wanted` positions. */
  async run(state: DeviceState, ids: readonly number[], wanted = 1): Promise<BlockOutput> {
    const { session, layout, others } = this;
    const run = ids.length === blockTokens && others.block ? others.block() : session;
    const feeds = tokenFeeds(session, layout, state.length, ids, wanted);
    for (const { window } of layout.windows)
      feeds[names.slots(window)] ??= positionsKept(session, window, state.length);
    const output = outputOf((await this.advance(state, run, feeds, this.always, ids.length))!);
    const { logits } = output;
    state.logits = wanted === 1 ? logits : logits.slice(logits.length - logits.length / wanted);
    return output;
  }

  /**
   * Reads `id`, then each token that is the likeliest next one: all but the last of those it gives. Gives none where no graph does
   * that, and reads nothing then.
   */
  async writeGreedily(state: DeviceState, id: number): Promise<ChosenToken[]> {
    const { session, layout, others } = this;
    const feeds = {
      [names.first]: session.int32([id], [1]),
      ...rotationFeeds(session, layout, state.length, greedySteps),
      ...keptFeeds(session, layout, state.length),
    };
    const wanted = [names.logits, names.chosen, names.chosenSums];
    const outputs = await this.advance(state, others.greedy?.(), feeds, wanted, greedySteps);
    if (!outputs) return [];
    state.logits = outputs[names.logits]!.data as Float32Array;
    const ids = outputs[names.chosen]!.data as Int32Array;
    const sums = outputs[names.chosenSums]!.data as Float32Array;
    return Array.from(ids, (chosen, i) => ({ id: chosen, logProbability: -Math.log(sums[i]!) }));
  }

  /** Takes a state on by `count` tokens, where there is a session that does. */
  private async advance(
    state: DeviceState,
    opening: Session | undefined | Promise<Session | undefined>,
    feeds: Record<string, Tensor>,
    wanted: readonly string[],
    count: number,
  ): Promise<Record<string, Tensor> | undefined> {
    const before = hold(state.held);
    try {
      const session = await opening;
      if (!session) return undefined;
      for (const [name, tensor] of before.byName) feeds[name] = tensor;
      const outputs = await session.run(feeds, [...wanted, ...this.tensors.map((name) => `${name}.next`)]);
      const byName = this.tensors.map((name): [string, Tensor] => [name, outputs[`${name}.next`]!]);
      const after = { byName: new Map(byName), holders: 1 };
      drop(state.released ? after : state.held);
      state.held = after;
      state.length += count;
      return outputs;
    } finally {
      drop(before);
    }
  }
}

/** Of the tokens that a window keeps, oldest first. */
function positionsKept(session: Session, window: number, length: number): Tensor {
  const slots = keptOnDevice(window, length);
  return session.float32(
    Float32Array.from({ length: slots }, (_, i) => length - slots + i),
    [slots],
  );
}

/** How many tokens each window keeps before each step of a run of `greedySteps`. */
function keptFeeds(session: Session, { windows }: StateLayout, length: number): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {};
  for (const window of new Set(windows.map((each) => each.window))) {
    const kept = Array.from({ length: greedySteps }, (_, step) => keptOnDevice(window, length + step));
    feeds[names.kept(window)] = session.int32(kept, [greedySteps]);
    for (const [step, count] of kept.entries())
      feeds[names.seen(window, step)] = session.int32([count + 1], []);
  }
  return feeds;
}

function hold(held: HeldTensors): HeldTensors {
  held.holders++;
  return held;
}

function drop(held: HeldTensors): void {
  if (--held.holders > 0) return;
  for (const tensor of held.byName.values()) tensor.dispose();
}
