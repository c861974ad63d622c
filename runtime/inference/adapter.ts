import { GraphBuilder } from '../graph/builder';
import { elementTypes } from '../graph/onnx';
import { AdapterError, messageOf } from '../protocol/errors';
import type { OnnxRuntime } from './onnxruntime';

/** What the runtime says of a machine that has no adapter or no driver for one. */
export function lacksAdapter(error: unknown): boolean {
  return /WebGPU adapter|WebGPU device/.test(messageOf(error));
}

/** @throws AdapterError where the runtime was built without WebGPU, as it is for some platforms */
export function requireWebGpu({ listSupportedBackends }: typeof OnnxRuntime): void {
  if (listSupportedBackends().some(({ name }) => name === 'webgpu')) return;
  const here = `${process.platform} on ${process.arch}`;
  throw new AdapterError(`There is no WebGPU for this platform (${here}). Choose the provider "cpu".`);
}

export function noAdapter(cause: unknown): AdapterError {
  return new AdapterError(
    `No graphics adapter can be used here (${lastSentence(cause)}). Choose the provider "cpu"; on Linux the GPU needs its ` +
      'driver and the Vulkan loader (libvulkan1).',
    { cause },
  );
}

/** A run on the GPU did not come to its end. */
export function adapterFailed(cause: unknown): AdapterError {
  return new AdapterError(
    `The graphics adapter failed (${lastSentence(cause)}). Free some of its memory, restart the engine, or choose the provider "cpu".`,
    { cause },
  );
}

/**
 * Computes one number in half precision: an adapter that lacks it takes such graphs, and fails when they run.
 * @throws AdapterError where there is no adapter, or it lacks half precision
 */
export async function requireHalfPrecision(runtime: typeof OnnxRuntime): Promise<void> {
  try {
    const session = await runtime.InferenceSession.create(oneProduct(), {
      executionProviders: ['webgpu'],
      logSeverityLevel: 4,
    });
    try {
      await session.run({ x: new runtime.Tensor('float32', Float32Array.of(1), [1, 1]) });
    } finally {
      await session.release();
    }
  } catch (error) {
    if (lacksAdapter(error)) throw noAdapter(error);
    throw new AdapterError(
      `The graphics adapter does not compute in half precision (${lastSentence(error)}). ` +
        'Choose another precision: float32, int8 or int4.',
      { cause: error },
    );
  }
}

/** Before it the runtime names the line of its own code. */
function lastSentence(error: unknown): string {
  const message = messageOf(error).trim();
  return /(Failed to get a WebGPU|Program ).*/.exec(message)?.[0].replace(/\.$/, '') ?? message;
}

function oneProduct(): Uint8Array {
  const graph = new GraphBuilder();
  const x = graph.input('x', 'float32', [1, 1]);
  const half = graph.node('Cast', [x], { to: elementTypes.float16 });
  const y = graph.node('Cast', [graph.matmul(half, half)], { to: elementTypes.float32 });
  graph.output(y, 'y', 'float32', [1, 1]);
  return graph.finish('one product');
}
