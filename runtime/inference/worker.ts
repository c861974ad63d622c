/**
 * The inference worker: a thread of the engine that runs the model, since a run blocks its thread. It takes one
 * message at a time, in order. It is never terminated from outside (that would abort the process in a run): it
 * closes its port when told to, and ends.
 */
import { parentPort } from 'node:worker_threads';
import type { Backend } from './backend';
import { Encoder } from './encoder';
import { openBackend } from './open-backend';
import { loadOnnxRuntime } from './onnxruntime';
import { productsSaturate } from './saturation';
import type { WorkerReply, WorkerRequest, WorkerResult } from './worker-messages';

const port = parentPort!;
// Some 100 ms that pass while the other thread looks at the model's files; a failure comes again when a graph is opened.
loadOnnxRuntime()
  .then(productsSaturate)
  .catch(() => undefined);
let backend: Backend | undefined;
let encoder: Encoder | undefined;
let queue: Promise<void> = Promise.resolve();

port.on('message', (request: WorkerRequest) => {
  queue = queue.then(() => answer(request));
});

async function answer(request: WorkerRequest): Promise<void> {
  try {
    const result = await handle(request);
    if ('call' in request) reply({ call: request.call, result });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    // The others fail only for a state that is not there, which its next run reports.
    if ('call' in request) reply({ call: request.call, error: { name, message } });
  }
  if (request.kind === 'close') port.close();
}

async function handle(request: WorkerRequest): Promise<WorkerResult> {
  switch (request.kind) {
    case 'open':
      backend = await openBackend(request.options);
      return undefined;
    case 'openEncoder':
      encoder = await Encoder.open(request.options);
      return undefined;
    case 'encode':
      if (!encoder) throw new Error('No encoder is loaded');
      return (await encoder.encode(request.texts)).vectors;
    case 'close':
      await backend?.close();
      await encoder?.close();
      return undefined;
  }
  if (!backend) throw new Error('No model is loaded');
  switch (request.kind) {
    case 'openDevice':
      await backend.openDevice?.(request.options);
      return undefined;
    case 'create':
      backend.create(request.state);
      return undefined;
    case 'fork':
      backend.fork(request.state, request.from);
      return undefined;
    case 'release':
      backend.release(request.state);
      return undefined;
    case 'run':
      return backend.run(request.state, request.ids, request.want, request.onDevice);
    case 'export':
      return backend.exportState(request.state);
    case 'import':
      await backend.importState(request.state, request.snapshot);
      return undefined;
  }
}

function reply(message: WorkerReply): void {
  port.postMessage(message);
}
