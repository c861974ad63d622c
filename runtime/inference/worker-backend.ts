import type { Backend, BackendOptions, BlockResult, Want } from './backend';
import { InferenceThread } from './inference-thread';
import type { StateSnapshot } from './snapshot';

/** Runs the model in a worker thread of its own. */
export class WorkerBackend implements Backend {
  private constructor(private readonly thread: InferenceThread) {}

  /**
   * @param workerPath the bundled worker.ts
   * @param options may still be on their way: the worker starts meanwhile
   */
  static async open(workerPath: string, options: Promise<BackendOptions>): Promise<WorkerBackend> {
    const opening = options.then((known) => ({ kind: 'open' as const, options: known }));
    return new WorkerBackend(await InferenceThread.open(workerPath, opening));
  }

  openDevice(options: BackendOptions): Promise<void> {
    return this.thread.call({ kind: 'openDevice', options });
  }

  create(state: number): void {
    this.thread.post({ kind: 'create', state });
  }

  fork(state: number, from: number): void {
    this.thread.post({ kind: 'fork', state, from });
  }

  release(state: number): void {
    this.thread.post({ kind: 'release', state });
  }

  run(state: number, ids: readonly number[], want: Want, onDevice?: boolean): Promise<BlockResult> {
    return this.thread.call({ kind: 'run', state, ids, want, onDevice });
  }

  exportState(state: number): Promise<StateSnapshot> {
    return this.thread.call({ kind: 'export', state });
  }

  importState(state: number, snapshot: StateSnapshot): Promise<void> {
    return this.thread.call({ kind: 'import', state, snapshot });
  }

  close(): Promise<void> {
    return this.thread.close();
  }
}
