import { GraphBuilder } from '../graph/builder';
import type { OnnxRuntime } from './onnxruntime';

const inputs = 64;
const outputs = 16;
const rows = 4;
let known: Promise<boolean> | undefined;

/**
 * Whether this processor's products of unsigned with signed bytes saturate: x64 without VNNI adds pairs in 16 bits.
 * Found out by multiplying the largest values, once in each thread.
 */
export function productsSaturate(runtime: typeof OnnxRuntime): Promise<boolean> {
  return (known ??= saturates(runtime));
}

async function saturates(runtime: typeof OnnxRuntime): Promise<boolean> {
  const session = await runtime.InferenceSession.create(largestProduct(), { intraOpNumThreads: 1 });
  try {
    const x = new runtime.Tensor('uint8', new Uint8Array(rows * inputs).fill(255), [rows, inputs]);
    const { y } = await session.run({ x });
    return (y!.data as Float32Array).some((sum) => sum !== inputs * (255 - 128) * 127);
  } finally {
    await session.release();
  }
}

function largestProduct(): Uint8Array {
  const graph = new GraphBuilder();
  const x = graph.input('x', 'uint8', ['rows', inputs]);
  const bytes = new Uint8Array(inputs * outputs).fill(127);
  const weights = graph.constant('weights', 'uint8', [inputs, outputs], bytes);
  const signed = graph.node('Cast', [weights], { to: 3 });
  const zero = graph.constant('zero', 'uint8', [], Uint8Array.of(128));
  const one = graph.float(1);
  graph.output(graph.node('MatMulIntegerToFloat', [x, signed, one, one, zero]), 'y', 'float32', [
    'rows',
    outputs,
  ]);
  return graph.finish('largest product');
}
