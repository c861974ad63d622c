import { blockTokens } from '../graph/chunked-ssd';
import { probeOutput } from '../graph/model-graph';
import { keptOnDevice, names, type StateLayout } from '../graph/states';
import { outputOf, type BlockOutput, type Runner } from './runner';
import type { Session, Tensor } from './session';
import { tokenFeeds } from './token-feeds';

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
    const shape = [keyValueHeads, keptOnDevice(window, length), headSize];
    return [
      [`${name}.keys`, shape],
      [`${name}.values`, shape],
    ];
  });
  return new Map([...recurrent.map(({ name, shape }): [string, number[]] => [name, shape]), ...ofWindows]);
}

/** Runs blocks of tokens on states that never leave the device: a run takes tensors and gives new ones. */
export class DeviceRunner implements Runner<DeviceState> {
  private readonly tensors: readonly string[];
  private readonly wantedOutputs: string[];
  private readonly empty: HeldTensors;

  /** @param blockSession for runs of `blockTokens`; absent = the one session takes them as well */
  constructor(
    private readonly session: Session,
    private readonly layout: StateLayout,
    private readonly blockSession?: () => Promise<Session>,
  ) {
    this.tensors = stateTensors(layout);
    const always = session.outputs.filter((name) => name === names.logits || name === probeOutput);
    this.wantedOutputs = [...always, ...this.tensors.map((name) => `${name}.next`)];
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
    const before = hold(state.held);
    try {
      const whole = ids.length === blockTokens && this.blockSession;
      const session = whole ? await whole() : this.session;
      const outputs = await session.run(this.feeds(state, ids, wanted), this.wantedOutputs);
      const byName = this.tensors.map((name): [string, Tensor] => [name, outputs[`${name}.next`]!]);
      const after = { byName: new Map(byName), holders: 1 };
      drop(state.released ? after : state.held);
      state.held = after;
      state.length += ids.length;
      const output = outputOf(outputs);
      const { logits } = output;
      state.logits = wanted === 1 ? logits : logits.slice(logits.length - logits.length / wanted);
      return output;
    } finally {
      drop(before);
    }
  }

  private feeds(state: DeviceState, ids: readonly number[], wanted: number): Record<string, Tensor> {
    const { session, layout } = this;
    const feeds = tokenFeeds(session, layout, state.length, ids, wanted);
    for (const [name, tensor] of state.held.byName) feeds[name] = tensor;
    for (const { window } of layout.windows)
      feeds[names.slots(window)] ??= positionsKept(session, window, state.length);
    return feeds;
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

function hold(held: HeldTensors): HeldTensors {
  held.holders++;
  return held;
}

function drop(held: HeldTensors): void {
  if (--held.holders > 0) return;
  for (const tensor of held.byName.values()) tensor.dispose();
}
