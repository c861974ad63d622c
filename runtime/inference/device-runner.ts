import { blocks, blockOf } from '../graph/blocks';
import { greedySteps } from '../graph/greedy-graph';
import { probeOutput } from '../graph/model-graph';
import { keptOnDevice, names, type StateLayout } from '../graph/states';
import type { Branch } from '../graph/choice';
import { Branches } from './branches';
import { DeviceCopy } from './device-copy';
import { chunkFeeds, keptFeeds, slotFeeds } from './device-feeds';
import { joined, outputOf, type BlockOutput, type Runner } from './runner';
import type { ChosenToken } from './sampling';
import type { Session, Tensor } from './session';
import { rotationFeeds, tokenFeeds } from './token-feeds';
import { chosenTokens, runsAtOnce } from './written';

/** Everything a model knows of what it has read, in the memory of the device that runs it. */
export interface DeviceState {
  length: number;
  held: HeldTensors;
  /** Logits after the last token, in main memory; undefined before the first, and where `held` has them. */
  logits: Float32Array | undefined;
  /** Tokens written into it since it was last given some to read. */
  written: number;
  /** A run reads it now: it is freed afterwards. */
  running?: boolean;
  released?: boolean;
}

/** Tensors by the names of the graph's inputs. A run replaces all of them, so that forks share all or nothing. */
export interface HeldTensors {
  readonly byName: ReadonlyMap<string, Tensor>;
  /** [1, vocabulary]: logits after the last token, where the run left them on the device. */
  readonly logits?: Tensor;
  /** States. The last one that lets go frees the memory. */
  holders: number;
}

/** Names of the tensors that make up a state, by the input that takes them; the output that gives each has `.next` behind. */
export function stateTensors({ recurrent, windows }: StateLayout): string[] {
  const ofWindows = windows.flatMap(({ name }) => [`${name}.keys`, `${name}.values`]);
  return [...recurrent.map(({ name }) => name), ...ofWindows];
}

/** Outputs that give a state. */
export function stateOutputs(layout: StateLayout): string[] {
  return stateTensors(layout).map((name) => `${name}.next`);
}

/** Outputs that a session leaves where it runs. */
export function deviceOutputs(layout: StateLayout): string[] {
  if (!layout.onDevice) return [];
  return [...stateOutputs(layout), names.lastLogits, ...passedOn.map((name) => `${name}.next`)];
}

/** From one greedy run to the next. */
const passedOn = [names.first, names.written];

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

/** Runs blocks of tokens on states that never leave the device: a run takes tensors and gives new ones. */
export class DeviceRunner implements Runner<DeviceState> {
  private readonly branches: Branches;
  private readonly tensors: readonly string[];
  private readonly always: readonly string[];
  private readonly empty: HeldTensors;

  constructor(
    private readonly session: Session,
    private readonly layout: StateLayout,
    private readonly copy = new DeviceCopy('cpu'),
  ) {
    this.branches = new Branches(session);
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
    return { length: 0, held: hold(this.empty), logits: undefined, written: 0 };
  }

  /** A state of tensors that were brought to the device. */
  stateOf(length: number, byName: ReadonlyMap<string, Tensor>, logits?: Float32Array): DeviceState {
    return { length, held: { byName, holders: 1 }, logits, written: 0 };
  }

  fork(state: DeviceState): DeviceState {
    return { ...state, held: hold(state.held) };
  }

  /** The state is not used again, though a run may still be reading it. */
  release(state: DeviceState): void {
    state.released = true;
    if (!state.running) drop(state.held);
  }

  /** Logits after the last token of `state`; undefined before the first. */
  async logitsOf(state: DeviceState): Promise<Float32Array | undefined> {
    const { logits } = state.held;
    return (state.logits ??= logits && (await this.copy.read(logits)));
  }

  /** Reads `ids` (at least one) into `state`; gives the logits of the last `wanted` positions. */
  async run(state: DeviceState, ids: readonly number[], wanted = 1): Promise<BlockOutput> {
    state.running = true;
    try {
      const logits: Float32Array[] = [];
      const probes: Float32Array[] = [];
      for (let rest = ids; rest.length > 0;) {
        const { branch, count } = this.nextPart(rest.length);
        const wantedHere = Math.min(count, wanted - (rest.length - count));
        const output = await this.read(branch, state, rest.slice(0, count), Math.max(1, wantedHere));
        if (wantedHere > 0) logits.push(output.logits);
        if (output.probe) probes.push(output.probe);
        rest = rest.slice(count);
      }
      return { logits: joined(logits), ...(probes.length > 0 && { probe: joined(probes) }) };
    } finally {
      this.settle(state);
    }
  }

  /** How many of the next `length` tokens are read at once, and by which branch. */
  private nextPart(length: number): { branch: Branch | undefined; count: number } {
    const inBlock = blockOf(length);
    if (inBlock > 0 && this.branches.has('block')) return { branch: 'block', count: inBlock };
    return { branch: undefined, count: Math.min(length, blocks.shortest, this.layout.longestRun) };
  }

  private async read(
    branch: Branch | undefined,
    state: DeviceState,
    ids: readonly number[],
    wanted: number,
  ): Promise<BlockOutput> {
    const { session, layout } = this;
    const { length } = state;
    const feeds = {
      ...tokenFeeds(session, layout, length, ids, wanted),
      ...slotFeeds(session, layout, length),
      ...keptFeeds(session, layout, length, ids.length, 1),
      ...chunkFeeds(session, ids.length),
    };
    const output = outputOf(await this.advance(state, branch, feeds, this.always, ids.length));
    const { logits } = output;
    state.logits = wanted === 1 ? logits : logits.slice(logits.length - logits.length / wanted);
    state.written = 0;
    return output;
  }

  /**
   * Reads `id`, then each token that is the likeliest next one: all but the last of those it gives, which are `most` at most. Gives
   * none where no graph does that, and reads nothing then.
   */
  async writeGreedily(state: DeviceState, id: number, most: number): Promise<ChosenToken[]> {
    if (!this.branches.has('greedy')) return [];
    state.running = true;
    try {
      return await this.write(state, id, runsAtOnce(state.written, most));
    } finally {
      this.settle(state);
    }
  }

  /** Nothing waits for the device until all runs are on their way. */
  private async write(state: DeviceState, id: number, runs: number): Promise<ChosenToken[]> {
    const { session, layout } = this;
    let passed: Record<string, Tensor> = {
      [names.first]: session.int32([id], [1, 1]),
      [names.written]: session.float32(new Float32Array(0), [1, 0]),
    };
    for (let run = 0; run < runs; run++) {
      const feeds = {
        ...passed,
        ...rotationFeeds(session, layout, state.length, greedySteps),
        ...keptFeeds(session, layout, state.length, 1, greedySteps),
      };
      const wanted = passedOn.map((name) => `${name}.next`);
      const outputs = await this.advance(state, 'greedy', feeds, [names.lastLogits, ...wanted], greedySteps);
      state.held = { ...state.held, logits: outputs[names.lastLogits]! };
      state.logits = undefined;
      for (const tensor of Object.values(passed)) tensor.dispose();
      passed = Object.fromEntries(passedOn.map((name) => [name, outputs[`${name}.next`]!]));
    }
    const tokens = chosenTokens(await this.copy.read(passed[names.written]!));
    for (const tensor of Object.values(passed)) tensor.dispose();
    state.written += tokens.length;
    return tokens;
  }

  /** Takes a state on by `count` tokens. */
  private async advance(
    state: DeviceState,
    branch: Branch | undefined,
    feeds: Record<string, Tensor>,
    wanted: readonly string[],
    count: number,
  ): Promise<Record<string, Tensor>> {
    for (const [name, tensor] of state.held.byName) feeds[name] = tensor;
    const outputs = await this.branches.run(branch, feeds, [...wanted, ...stateOutputs(this.layout)]);
    const byName = this.tensors.map((name): [string, Tensor] => [name, outputs[`${name}.next`]!]);
    drop(state.held);
    state.held = { byName: new Map(byName), holders: 1 };
    state.length += count;
    return outputs;
  }

  private settle(state: DeviceState): void {
    state.running = false;
    if (state.released) drop(state.held);
  }
}

function hold(held: HeldTensors): HeldTensors {
  held.holders++;
  return held;
}

function drop(held: HeldTensors): void {
  if (--held.holders > 0) return;
  for (const tensor of held.byName.values()) tensor.dispose();
  held.logits?.dispose();
}
