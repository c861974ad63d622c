import { existsSync } from 'node:fs';
import path from 'node:path';
import { greedySteps } from '../graph/greedy-graph';
import { blockGraphFile, greedyGraphFile } from '../models/compile';
import type { Backend, BackendOptions, BlockResult, Want } from './backend';
import { DeviceCopy } from './device-copy';
import { DeviceRunner, deviceOutputs, greedyOutputs, type DeviceState } from './device-runner';
import { DeviceSnapshots } from './device-snapshot';
import { chooseToken, scoresOf } from './sampling';
import { openSession, type Session } from './session';
import type { StateSnapshot } from './snapshot';

/** A graph that leaves states where it runs. */
export function openOn(options: BackendOptions, outputs = deviceOutputs): Promise<Session> {
  return openSession({ ...options, onDevice: outputs(options.states) });
}

/** A graph that is opened when it is first needed, since its weights take memory of their own; undefined where there is no such graph or no room. */
export class LazySession {
  isOpen = false;
  private opened: Promise<Session | undefined> | undefined;
  private readonly graphPath: string;

  constructor(
    private readonly options: BackendOptions,
    file: string,
    private readonly outputs = deviceOutputs,
  ) {
    this.graphPath = path.join(path.dirname(options.graphPath), file);
  }

  open(): Promise<Session | undefined> {
    return (this.opened ??= existsSync(this.graphPath) ? this.openNow() : Promise.resolve(undefined));
  }

  private async openNow(): Promise<Session | undefined> {
    try {
      const session = await openOn({ ...this.options, graphPath: this.graphPath }, this.outputs);
      this.isOpen = true;
      return session;
    } catch {
      return undefined;
    }
  }

  async close(): Promise<void> {
    await (await this.opened)?.release();
  }
}

type Several = Want & { most: number };

/** Whether a run that chooses its tokens itself does what is asked. */
function wantsSeveral(ids: readonly number[], want: Want): want is Several {
  if (want.kind !== 'token' || want.choice.temperature > 0) return false;
  return ids.length === 1 && (want.most ?? 1) >= greedySteps;
}

/** Runs the model on a device and keeps its states there. Nothing of a run can be taken back: drafts are left alone. */
export class DeviceBackend implements Backend {
  private readonly states = new Map<number, DeviceState>();
  private readonly runner: DeviceRunner;
  private readonly snapshots: DeviceSnapshots;
  private readonly copy: DeviceCopy;
  private readonly others: LazySession[];

  private constructor(
    options: BackendOptions,
    private readonly session: Session,
  ) {
    const [block, greedy] = [
      new LazySession(options, blockGraphFile),
      new LazySession(options, greedyGraphFile, greedyOutputs),
    ];
    this.others = [block, greedy];
    const others = { block: () => block.open(), greedy: () => greedy.open() };
    this.copy = new DeviceCopy(options.provider);
    this.runner = new DeviceRunner(session, options.states, others, this.copy);
    this.snapshots = new DeviceSnapshots(options.states, options.key, options.provider);
  }

  static async open(options: BackendOptions): Promise<DeviceBackend> {
    return new DeviceBackend(options, await openOn(options));
  }

  create(state: number): void {
    this.states.set(state, this.runner.newState());
  }

  fork(state: number, from: number): void {
    this.states.set(state, this.runner.fork(this.get(from)));
  }

  release(state: number): void {
    this.runner.release(this.get(state));
    this.states.delete(state);
  }

  async run(id: number, ids: readonly number[], want: Want): Promise<BlockResult> {
    const state = this.get(id);
    if (wantsSeveral(ids, want)) {
      const tokens = await this.runner.writeGreedily(state, ids[0]!, want.most);
      if (tokens.length > 0) return { ...this.held(), tokens };
    }
    const before = want.kind === 'scores' ? await this.runner.logitsOf(state) : undefined;
    const { logits } = await this.runner.run(state, ids, want.kind === 'scores' ? ids.length : 1);
    return {
      ...this.held(),
      ...(want.kind === 'token' && { tokens: [chooseToken(logits, want.choice)] }),
      ...(want.kind === 'scores' && { scores: scoresOf(ids, before, logits) }),
    };
  }

  async exportState(id: number): Promise<StateSnapshot> {
    const state = this.get(id);
    await this.runner.logitsOf(state);
    return this.snapshots.export(state);
  }

  async importState(state: number, snapshot: StateSnapshot): Promise<void> {
    this.states.set(state, await this.snapshots.import(snapshot, this.runner));
  }

  async close(): Promise<void> {
    for (const id of [...this.states.keys()]) this.release(id);
    await this.runner.close();
    await this.snapshots.close();
    await this.copy.close();
    for (const other of this.others) await other.close();
    await this.session.release();
  }

  /** Of a state on a device no rings are laid out and no tokens pending. */
  private held() {
    return { ringBytes: 0, pending: 0, graphs: 1 + this.others.filter(({ isOpen }) => isOpen).length };
  }

  private get(id: number): DeviceState {
    const state = this.states.get(id);
    if (!state) throw new Error(`State ${id} does not exist or was released`);
    return state;
  }
}
