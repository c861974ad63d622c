import { Worker } from 'node:worker_threads';
import { AdapterError, UserError } from '../protocol/errors';
import type { Backend, BackendOptions, BlockResult, Want } from './backend';
import type { StateSnapshot } from './snapshot';
import type { WorkerReply, WorkerRequest } from './worker-messages';

interface Pending {
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
}

type Call = WorkerRequest & { call: number };
type WithoutCall<T> = T extends unknown ? Omit<T, 'call'> : never;

/** Runs the model in a worker thread of its own. */
export class WorkerBackend implements Backend {
  private readonly pending = new Map<number, Pending>();
  private calls = 0;
  private ended: Error | undefined;

  private constructor(private readonly worker: Worker) {
    worker.on('message', (reply: WorkerReply) => this.settle(reply));
    worker.on('error', (error: Error) =>
      this.end(new Error(`The inference thread failed: ${error.message}`)),
    );
    worker.on('exit', () => this.end(new Error('The inference thread has ended')));
  }

  /**
   * @param workerPath the bundled worker.ts
   * @param options may still be on their way: the worker starts meanwhile
   */
  static async open(workerPath: string, options: Promise<BackendOptions>): Promise<WorkerBackend> {
    const backend = new WorkerBackend(new Worker(workerPath, { name: 'longview-inference' }));
    try {
      await backend.call({ kind: 'open', options: await options });
    } catch (error) {
      await backend.close().catch(() => undefined);
      throw error;
    }
    return backend;
  }

  openDevice(options: BackendOptions): Promise<void> {
    return this.call({ kind: 'openDevice', options });
  }

  create(state: number): void {
    this.post({ kind: 'create', state });
  }

  fork(state: number, from: number): void {
    this.post({ kind: 'fork', state, from });
  }

  release(state: number): void {
    this.post({ kind: 'release', state });
  }

  run(state: number, ids: readonly number[], want: Want, onDevice?: boolean): Promise<BlockResult> {
    return this.call({ kind: 'run', state, ids, want, onDevice });
  }

  exportState(state: number): Promise<StateSnapshot> {
    return this.call({ kind: 'export', state });
  }

  importState(state: number, snapshot: StateSnapshot): Promise<void> {
    return this.call({ kind: 'import', state, snapshot });
  }

  async close(): Promise<void> {
    if (this.ended) return;
    const exited = new Promise<void>((resolve) => this.worker.once('exit', () => resolve()));
    await this.call({ kind: 'close' }).catch(() => undefined);
    await exited;
  }

  private post(request: WorkerRequest): void {
    if (!this.ended) this.worker.postMessage(request);
  }

  private call<T>(request: WithoutCall<Call>): Promise<T> {
    if (this.ended) return Promise.reject(this.ended);
    const call = ++this.calls;
    return new Promise<T>((resolve, reject) => {
      this.pending.set(call, { resolve: resolve as Pending['resolve'], reject });
      this.worker.postMessage({ ...request, call } as WorkerRequest);
    });
  }

  private settle(reply: WorkerReply): void {
    const pending = this.pending.get(reply.call);
    this.pending.delete(reply.call);
    if (!pending) return;
    if ('error' in reply) pending.reject(revive(reply.error));
    else pending.resolve(reply.result);
  }

  private end(reason: Error): void {
    this.ended ??= reason;
    for (const { reject } of this.pending.values()) reject(reason);
    this.pending.clear();
  }
}

function revive({ name, message }: { name: string; message: string }): Error {
  if (name === 'AdapterError') return new AdapterError(message);
  return name === 'UserError' ? new UserError(message) : new Error(message);
}
