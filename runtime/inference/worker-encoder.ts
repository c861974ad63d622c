import type { Encoder, EncoderOptions } from './encoder';
import { InferenceThread } from './inference-thread';

/** Runs the encoder in a worker thread of its own. */
export class WorkerEncoder implements Pick<Encoder, 'encode' | 'close'> {
  private constructor(private readonly thread: InferenceThread) {}

  /** @param workerPath the bundled worker.ts */
  static async open(workerPath: string, options: EncoderOptions): Promise<WorkerEncoder> {
    return new WorkerEncoder(
      await InferenceThread.open(workerPath, Promise.resolve({ kind: 'openEncoder' as const, options })),
    );
  }

  async encode(texts: readonly (readonly number[])[]): Promise<{ vectors: Float32Array[] }> {
    return { vectors: await this.thread.call<Float32Array[]>({ kind: 'encode', texts }) };
  }

  close(): Promise<void> {
    return this.thread.close();
  }
}
