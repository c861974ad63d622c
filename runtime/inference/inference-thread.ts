import { Worker } from 'node:worker_threads';
import { AdapterError, UserError } from '../protocol/errors';
import type { WorkerReply, WorkerRequest } from './worker-messages';

interface Pending {
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
}

type Call = Extract<WorkerRequest, { call: number }>;
type WithoutCall<T> = T extends unknown ? Omit<T, 'call'> : never;

/** A worker thread that runs one model: messages to it in order, and its answers by the number of their call. */
export class InferenceThread {
  private readonly worker: Worker;
  private readonly pending = new Map<number, Pending>();
  private calls = 0;
  private ended: Error | undefined;

  /** @param workerPath the bundled worker.ts */
  constructor(workerPath: string) {
    this.worker = new Worker(workerPath, { name: 'longview-inference' });
    this.worker.on('message', (reply: WorkerReply) => this.settle(reply));
    this.worker.on('error', (error: Error) =>
      this.end(new Error(`The inference thread failed: ${error.message}`)),
    );
    this.worker.on('exit', () => this.end(new Error('The inference thread has ended')));
  }

  /**
   * Starts a thread and has it open its model.
   * @param request may still be on its way: the thread starts meanwhile
   */
  static async open(workerPath: string, request: Promise<WithoutCall<Call>>): Promise<InferenceThread> {
    const thread = new InferenceThread(workerPath);
    try {
      await thread.call(await request);
    } catch (error) {
      await thread.close().catch(() => undefined);
      throw error;
    }
    return thread;
  }

  post(request: Exclude<WorkerRequest, Call>): void {
    if (!this.ended) this.worker.postMessage(request);
  }

  call<T>(request: WithoutCall<Call>): Promise<T> {
    if (this.ended) return Promise.reject(this.ended);
    const call = ++this.calls;
    return new Promise<T>((resolve, reject) => {
      this.pending.set(call, { resolve: resolve as Pending['resolve'], reject });
      this.worker.postMessage({ ...request, call } as WorkerRequest);
    });
  }

  /** Waits for what runs, then has the thread let go of its model and end. */
  async close(): Promise<void> {
    if (this.ended) return;
    const exited = new Promise<void>((resolve) => this.worker.once('exit', () => resolve()));
    await this.call({ kind: 'close' }).catch(() => undefined);
    await exited;
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
