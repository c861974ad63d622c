import { blocks, blockOf } from '../graph/blocks';
import { greedySteps } from '../graph/greedy-graph';
import { probeOutput } from '../graph/model-graph';
import type { Branch } from '../graph/choice';
import { names, type StateLayout } from '../graph/states';
import { attendsToMany, fewTokens } from './attention-check';
import { Branches } from './branches';
import type { CacheSpace } from './cache-space';
import { DeviceCopy } from './device-copy';
import { chunkFeeds, seenFeeds, slotFeeds, toldSteps, toldTokens } from './device-feeds';
import { nextTensors, stateShapes, stateTensors } from './device-layout';
import { DeviceRoom, needsRoom, type Caches, type Room, type Run } from './device-room';
import { joinOutputs, outputOf, type BlockOutput, type Runner } from './runner';
import type { ChosenToken } from './sampling';
import type { Session, Tensor } from './session';
import { chosenTokens, runsAtOnce, writtenShapes } from './written';

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
  /** Where the tensors were written that grow; others may be written behind them. */
  readonly space?: CacheSpace<Caches>;
  /** Called then, where the memory is not the tensors' own. */
  readonly free?: () => void;
}

/** Outputs that a session leaves where it runs by itself: none where its runs are told what to write into. */
export function deviceOutputs(layout: StateLayout): string[] {
  if (!layout.onDevice || needsRoom(layout)) return [];
  return [...nextTensors(layout), ...Object.keys(writtenShapes(layout, 0, 0, 0))];
}

interface BranchRun extends Run {
  /** Absent = the one for any number of tokens. */
  branch?: Branch;
  /** Without the state. */
  feeds: Record<string, Tensor>;
  /** Outputs besides the state's. */
  wanted: readonly string[];
}

interface Ran {
  held: HeldTensors;
  outputs: Record<string, Tensor>;
}

/** Runs blocks of tokens on states that never leave the device: a run takes tensors and gives new ones, or writes into a room. */
export class DeviceRunner implements Runner<DeviceState> {
  private readonly branches: Branches;
  private readonly tensors: readonly string[];
  private readonly always: readonly string[];
  private readonly empty: HeldTensors;
  private readonly room: DeviceRoom | undefined;
  private attending: Promise<boolean> | undefined;

  constructor(
    private readonly session: Session,
    private readonly layout: StateLayout,
    private readonly copy = new DeviceCopy(session.provider),
  ) {
    this.branches = new Branches(session, stateTensors(layout));
    this.tensors = stateTensors(layout);
    this.always = session.outputs.filter((name) => name === names.logits || name === probeOutput);
    const zeros = [...stateShapes(layout, 0)].map(([name, shape]): [string, Tensor] => [
      name,
      session.float32(new Float32Array(shape.reduce((product, size) => product * size, 1)), shape),
    ]);
    // Held by the runner itself, so that its tensors stay.
    this.empty = { byName: new Map(zeros), holders: 1 };
    this.room = needsRoom(layout) ? new DeviceRoom(layout, session) : undefined;
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

  /** Once all states are released; the session is its user's. */
  async close(): Promise<void> {
    await this.room?.close();
    await this.branches.close();
    await this.copy.close();
  }

  /** Logits after the last token of `state`; undefined before the first. */
  async logitsOf(state: DeviceState): Promise<Float32Array | undefined> {
    const { logits } = state.held;
    return (state.logits ??= logits && (await this.copy.read(logits)));
  }

  /** Reads `ids` (at least one) into `state`; gives the logits of the last `wanted` positions. */
  async run(state: DeviceState, ids: readonly number[], wanted = 1): Promise<BlockOutput> {
    state.running = true;
    const parts: BlockOutput[] = [];
    try {
      for (let rest = ids; rest.length > 0;) {
        const { branch, count } = await this.nextPart(rest.length);
        const behind = rest.length - count;
        const here = Math.min(count, wanted - behind);
        const output = await this.read(branch, state, rest.slice(0, count), Math.max(1, here), behind);
        parts.push(here > 0 ? output : { ...output, logits: new Float32Array(0) });
        rest = rest.slice(count);
      }
      return joinOutputs(parts);
    } finally {
      this.settle(state);
    }
  }

  /** How many of the next `length` tokens are read at once, and by which branch. */
  private async nextPart(length: number): Promise<{ branch?: Branch; count: number }> {
    const inBlock = blockOf(length);
    const many = length <= fewTokens || (await this.attendsToMany());
    if (many && inBlock > 0 && this.branches.has('block')) return { branch: 'block', count: inBlock };
    const most = many || !this.room ? Infinity : fewTokens;
    return { count: Math.min(length, blocks.shortest, this.layout.longestRun, most) };
  }

  /** Else runs that leave attention to one operator are kept short: blocks are not, nor are runs that write into `room`. */
  private async attendsToMany(): Promise<boolean> {
    if (this.layout.windows.length === 0) return true;
    return (this.attending ??= attendsToMany(this.session.provider));
  }

  private async read(
    branch: Branch | undefined,
    state: DeviceState,
    ids: readonly number[],
    wanted: number,
    behind: number,
  ): Promise<BlockOutput> {
    const { session, layout } = this;
    const { length } = state;
    const feeds = {
      [names.wantedFrom]: session.int64(-wanted),
      ...toldTokens(session, layout, length, ids),
      ...slotFeeds(session, layout, length),
      ...chunkFeeds(session, ids.length),
    };
    const run = { branch, feeds, wanted: this.always, count: ids.length, behind };
    const output = outputOf(await this.advance(state, run));
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
      ...toldSteps(session, layout, state.length, runs, greedySteps),
    };
    const passedOn = Object.keys(passed);
    for (let run = 0; run < runs; run++) {
      const feeds = { ...passed, ...seenFeeds(session, layout, state.length, 1, greedySteps) };
      const left = runs - run - 1;
      const written = writtenShapes(layout, session.lastSize(names.logits), run + 1, left);
      const ahead = { count: greedySteps, behind: left * greedySteps, written };
      const wanted = Object.keys(written);
      const outputs = await this.advance(state, { branch: 'greedy', feeds, wanted, ...ahead });
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

  /** Takes a state on by the tokens that a run reads. */
  private async advance(state: DeviceState, run: BranchRun): Promise<Record<string, Tensor>> {
    for (const [name, tensor] of state.held.byName) run.feeds[name] = tensor;
    const { held, outputs } = this.room
      ? await this.runInto(await this.room.reserve(state, run), run)
      : await this.runAnew(run);
    drop(state.held);
    state.held = held;
    state.length += run.count;
    return outputs;
  }

  private async runAnew({ branch, feeds, wanted }: BranchRun): Promise<Ran> {
    const outputs = await this.branches.run(branch, feeds, [...wanted, ...nextTensors(this.layout)]);
    const byName = new Map(this.tensors.map((name) => [name, outputs[`${name}.next`]!]));
    return { held: { byName, holders: 1 }, outputs };
  }

  private async runInto({ byName, space, into, free }: Room, run: BranchRun): Promise<Ran> {
    const { branch, feeds, wanted } = run;
    for (const name of space.content.keys()) feeds[name] = byName.get(name)!;
    try {
      const copied = wanted.filter((name) => !(name in into));
      const outputs = { ...(await this.branches.run(branch, feeds, copied, into)), ...into };
      return { held: { byName, holders: 1, space, free }, outputs };
    } catch (error) {
      free();
      throw error;
    }
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
  held.free?.();
}
