import type { Provider } from '../graph/context';
import { besideCpu, type Precision } from '../graph/precision';
import type { StateLayout } from '../graph/states';
import { DeviceRunner, deviceOutputs } from '../inference/device-runner';
import { BlockRunner, joined, type Runner } from '../inference/runner';
import { argmax } from '../inference/sampling';
import { openSession, type Session } from '../inference/session';
import { CrossingRunner } from './parity-crossing';
import type { ParityForm } from './parity-result';

/** Tokens of one run at most: scores of a whole long text would not fit into memory. */
const longestRun = 512;

export interface Compiled {
  graphPath: string;
  states: StateLayout;
}

/** How one graph is run. */
export interface SideForm {
  precision: Precision;
  provider: Provider;
}

/** What is seen of a state, wherever it lives. */
export interface ReadState {
  logits: Float32Array | undefined;
}

/** Reads ids in every way that must give the same logits. */
export class ParityReader {
  private constructor(
    private readonly opened: readonly { release(): Promise<void> }[],
    private readonly runner: Runner<ReadState>,
  ) {}

  static async open(graphPath: string, layout: StateLayout, form: SideForm): Promise<ParityReader> {
    const session = await openSide({ graphPath, states: layout }, form);
    if (!layout.onDevice) return new ParityReader([session], new BlockRunner(session, layout));
    const runner = new DeviceRunner(session, layout, form.provider);
    return new ParityReader([{ release: () => runner.close() }, session], runner);
  }

  /** Reads on both in turn. */
  static async openMixed(cpu: Compiled, device: Compiled, there: SideForm): Promise<ParityReader> {
    const session = await openSide(cpu, { ...there, provider: 'cpu' });
    const other = await openSide(device, there);
    const runner = new CrossingRunner(
      { session, states: cpu.states },
      { session: other, states: device.states },
      there.provider,
    );
    const release = () => runner.close();
    return new ParityReader([{ release }, session, other], runner);
  }

  newState(): ReadState {
    return this.runner.newState();
  }

  /** Logits of the last `wanted` of `ids`, and what the first mixer gave where the graph has the probe. */
  async read(state: ReadState, ids: readonly number[], wanted: number) {
    const logits: Float32Array[] = [];
    const probes: Float32Array[] = [];
    for (let at = 0; at < ids.length; at += longestRun) {
      const block = ids.slice(at, at + longestRun);
      const left = ids.length - at - block.length;
      const here = Math.min(block.length, Math.max(0, wanted - left));
      const output = await this.runner.run(state, block, Math.max(1, here));
      if (here > 0) logits.push(output.logits);
      if (output.probe) probes.push(output.probe);
    }
    return { logits: joined(logits), probe: probes.length > 0 ? joined(probes) : undefined };
  }

  /** Logits of the last `wanted` positions when `ids` are read in two parts. */
  async readSplit(ids: readonly number[], wanted: number): Promise<Float32Array> {
    const split = oddSplit(ids.length);
    const state = this.newState();
    const first = await this.read(state, ids.slice(0, split), Math.max(0, wanted - (ids.length - split)));
    const second = await this.read(state, ids.slice(split), Math.min(wanted, ids.length - split));
    return joined([first.logits, second.logits]);
  }

  /** Logits of the last `count` positions, each read by itself. */
  async readSteps(state: ReadState, ids: readonly number[], count: number): Promise<Float32Array> {
    await this.read(state, ids.slice(0, ids.length - count), 0);
    const logits: Float32Array[] = [];
    for (const id of ids.slice(ids.length - count)) logits.push((await this.read(state, [id], 1)).logits);
    return joined(logits);
  }

  /** The `count` likeliest next tokens, one after the other. */
  async greedy(state: ReadState, count: number): Promise<number[]> {
    const ids: number[] = [];
    while (ids.length < count) {
      const id = argmax(state.logits!);
      ids.push(id);
      if (ids.length < count) await this.read(state, [id], 1);
    }
    return ids;
  }

  async close(): Promise<void> {
    for (const each of this.opened) await each.release();
  }
}

function openSide({ graphPath, states }: Compiled, form: SideForm): Promise<Session> {
  return openSession({ graphPath, threads: 2, onDevice: deviceOutputs(states), ...form });
}

/** A reader of what is compiled for `form`. */
export async function openReader(
  { precision, provider }: ParityForm,
  compile: (provider: Provider, precision: Precision) => Compiled | Promise<Compiled>,
): Promise<ParityReader> {
  if (provider === 'mixed') {
    const there = besideCpu(precision);
    const [cpu, device] = [await compile('cpu', precision), await compile('webgpu', there)];
    return ParityReader.openMixed(cpu, device, { precision: there, provider: 'webgpu' });
  }
  const { graphPath, states } = await compile(provider, precision);
  return ParityReader.open(graphPath, states, { precision, provider });
}

/** About two fifths, and odd, so that it is no multiple of any block. */
export function oddSplit(length: number): number {
  return Math.min(length - 1, Math.floor(length * 0.4) | 1);
}
