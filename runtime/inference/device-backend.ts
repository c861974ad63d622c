import { existsSync } from 'node:fs';
import path from 'node:path';
import { blockGraphFile } from '../models/compile';
import type { Backend, BackendOptions, BlockResult, Want } from './backend';
import { DeviceRunner, deviceOutputs, type DeviceState } from './device-runner';
import { DeviceSnapshots } from './device-snapshot';
import { chooseToken, scoresOf } from './sampling';
import { openSession, type Session } from './session';
import type { StateSnapshot } from './snapshot';

function openOn(options: BackendOptions): Promise<Session> {
  return openSession({ ...options, onDevice: deviceOutputs(options.states) });
}

/** Runs the model on a device and keeps its states there. Nothing of a run can be taken back: drafts are left alone. */
export class DeviceBackend implements Backend {
  private readonly states = new Map<number, DeviceState>();
  private readonly runner: DeviceRunner;
  private readonly snapshots: DeviceSnapshots;
  private blocks: Promise<Session> | undefined;

  private constructor(
    options: BackendOptions,
    private readonly session: Session,
  ) {
    const graphPath = path.join(path.dirname(options.graphPath), blockGraphFile);
    // Its weights take memory of their own, which only long texts are worth; where there is none left, the one graph does.
    const open = () => (this.blocks ??= openOn({ ...options, graphPath }).catch(() => session));
    this.runner = new DeviceRunner(session, options.states, existsSync(graphPath) ? open : undefined);
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
    const before = state.logits;
    const { logits } = await this.runner.run(state, ids, want.kind === 'scores' ? ids.length : 1);
    return {
      ringBytes: 0,
      pending: 0,
      ...(want.kind === 'token' && { tokens: [chooseToken(logits, want.choice)] }),
      ...(want.kind === 'scores' && { scores: scoresOf(ids, before, logits) }),
    };
  }

  exportState(state: number): Promise<StateSnapshot> {
    return this.snapshots.export(this.get(state));
  }

  async importState(state: number, snapshot: StateSnapshot): Promise<void> {
    this.states.set(state, this.snapshots.import(snapshot, this.runner, this.session));
  }

  async close(): Promise<void> {
    for (const id of [...this.states.keys()]) this.release(id);
    await this.snapshots.close();
    const blocks = await this.blocks;
    if (blocks !== this.session) await blocks?.release();
    await this.session.release();
  }

  private get(id: number): DeviceState {
    const state = this.states.get(id);
    if (!state) throw new Error(`State ${id} does not exist or was released`);
    return state;
  }
}
