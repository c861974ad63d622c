import { greedySteps } from '../graph/greedy-graph';
import type { Backend, BackendOptions, BlockResult, Want } from './backend';
import { DeviceRunner, deviceOutputs, type DeviceState } from './device-runner';
import { DeviceSnapshots } from './device-snapshot';
import { chooseToken, scoresOf } from './sampling';
import { openSession, type Session } from './session';
import type { StateSnapshot } from './snapshot';

/** A graph that leaves states where it runs. */
export function openOn(options: BackendOptions): Promise<Session> {
  return openSession({ ...options, onDevice: deviceOutputs(options.states) });
}

type Several = Want & { most: number };

/** Of a state on a device no rings are laid out and no tokens pending. */
const held = { ringBytes: 0, pending: 0 };

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

  private constructor(
    options: BackendOptions,
    private readonly session: Session,
  ) {
    this.runner = new DeviceRunner(session, options.states);
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
      if (tokens.length > 0) return { ...held, tokens };
    }
    const before = want.kind === 'scores' ? await this.runner.logitsOf(state) : undefined;
    const { logits } = await this.runner.run(state, ids, want.kind === 'scores' ? ids.length : 1);
    return {
      ...held,
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
    await this.snapshots.close();
    await this.runner.close();
    await this.session.release();
  }

  private get(id: number): DeviceState {
    const state = this.states.get(id);
    if (!state) throw new Error(`State ${id} does not exist or was released`);
    return state;
  }
}
