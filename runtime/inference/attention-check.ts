import { GraphBuilder } from '../graph/builder';
import { openGraph, type ExecutionProvider, type Tensor } from './session';

/** Tokens in a run up to which attention takes the same kernels everywhere. */
export const fewTokens = 31;

const heads = 2;
const headSize = 8;

/**
 * Whether a device's attention is right where a run has many tokens: from 32 on it has a kernel that exchanges keys within subgroups,
 * and mixes them up where those have fewer than 8 lanes, as a Vulkan made of software has. Found out beside the CPU.
 */
export async function attendsToMany(provider: ExecutionProvider): Promise<boolean> {
  if (provider === 'cpu') return true;
  const [expected, found] = [await attended('cpu'), await attended(provider)];
  return expected.every((value, i) => Math.abs(value - found[i]!) < 1e-3);
}

async function attended(provider: ExecutionProvider): Promise<Float32Array> {
  const count = fewTokens + 1;
  const session = await openGraph(attention(count), provider);
  try {
    // Scores that differ, and values by which the tokens can be told apart.
    const wave = (step: number): Tensor =>
      session.float32(
        Float32Array.from({ length: count * heads * headSize }, (_, i) => Math.sin(step * i)),
        [1, count, heads * headSize],
      );
    const feeds = { query: wave(1), key: wave(2), value: wave(3), kept: session.int32([count - 1], [1]) };
    const outputs = await session.run({ ...feeds, seen: session.int32([count], []) }, ['attended']);
    return outputs['attended']!.data as Float32Array;
  } finally {
    await session.release();
  }
}

function attention(count: number): Uint8Array {
  const graph = new GraphBuilder();
  const shape = [1, count, heads * headSize];
  const rows = ['query', 'key', 'value'].map((name) => graph.input(name, 'float32', shape));
  const counts = [graph.input('kept', 'int32', [1]), graph.input('seen', 'int32', [])];
  const [result] = graph.nodeWithOutputs(
    'GroupQueryAttention',
    [...rows, '', '', ...counts],
    { num_heads: heads, kv_num_heads: heads },
    [undefined, undefined, undefined],
  );
  graph.output(result!, 'attended', 'float32', shape);
  return graph.finish('attention');
}
