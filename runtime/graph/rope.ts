import type { GraphBuilder, Value } from './builder';
import type { LayerContext } from './context';
import { asSequence } from './rows';

/** Rotary positions of the first `size` elements of each head, halves rotated. */
export interface Rope {
  theta: number;
  size: number;
  scaling?: RopeScaling;
  /** Of the rotated queries and keys, both; absent = 1. */
  amplitude?: number;
}

/** How a model that was trained on short texts was stretched to long ones. */
export type RopeScaling =
  | { kind: 'linear'; factor: number }
  | {
      /** Llama 3.1's: slow rotations are slowed down by `factor`, fast ones are not. */
      kind: 'llama3';
      factor: number;
      lowFrequencyFactor: number;
      highFrequencyFactor: number;
      originalContext: number;
    }
  | {
      /** YaRN's: pairs up to `first` keep their speed, from `last` on they are slowed down by `factor`, evenly in between. */
      kind: 'yarn';
      factor: number;
      first: number;
      last: number;
    };

/**
 * Rows of `heads * headSize` numbers -> [1, T, heads * headSize]
 * @param wanted the rows are those of the wanted positions, not of all
 */
export function rotate(
  context: LayerContext,
  rows: Value,
  rope: Rope,
  head: { count: number; size: number },
  wanted: boolean,
): Value {
  const { graph, states } = context;
  const name = `rotation:${keyOf(rope)}`;
  const frequencies = ropeFrequencies(rope);
  if (!states.rotations.some((rotation) => rotation.name === name))
    states.rotations.push({ name, frequencies });
  const table = (part: 'cos' | 'sin') => {
    const all = graph.input(`${name}.${part}`, 'float32', ['T', frequencies.length]);
    return wanted ? context.wantedRows(all) : all;
  };
  // The tables are those of all steps, where there are several: one row each.
  const first = rowOf(graph, context.step?.index ?? 0);
  return graph.node('RotaryEmbedding', [asSequence(context, rows), first, table('cos'), table('sin')], {
    num_heads: head.count,
    ...(rope.size < head.size && { rotary_embedding_dim: rope.size }),
  });
}

/** int64 [1], by a name of its own: one that other operators take from main memory would be copied to the device in each run. */
export function rowOf(graph: GraphBuilder, row: number): Value {
  return graph.constant(`row(${row})`, 'int64', [1], BigInt64Array.of(BigInt(row)));
}

function keyOf({ theta, size, scaling }: Rope): string {
  return `${theta}:${size}${scaling ? `:${Object.values(scaling).join(':')}` : ''}`;
}

/** By how much each pair of elements is rotated per token, in radians. */
export function ropeFrequencies({ theta, size, scaling }: Rope): number[] {
  const half = size / 2;
  return Array.from({ length: half }, (_, i) => scaled(theta ** (-i / half), i, scaling));
}

function scaled(frequency: number, pair: number, scaling: RopeScaling | undefined): number {
  if (scaling === undefined) return frequency;
  const slowed = frequency / scaling.factor;
  if (scaling.kind === 'linear') return slowed;
  if (scaling.kind === 'yarn') {
    const { first, last } = scaling;
    const share = Math.min(1, Math.max(0, (pair - first) / (last - first)));
    return share * slowed + (1 - share) * frequency;
  }
  const { lowFrequencyFactor: low, highFrequencyFactor: high, originalContext } = scaling;
  const turns = (originalContext * frequency) / (2 * Math.PI);
  const share = Math.min(1, Math.max(0, (turns - low) / (high - low)));
  return (1 - share) * slowed + share * frequency;
}
