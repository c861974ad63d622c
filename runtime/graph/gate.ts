import type { GraphBuilder, Value } from './builder';
import type { Provider } from './context';

/** Larger than any mean of squares by so much that it alone is left of their sum, and its root is exact. */
const rootOfEpsilon = 2 ** 20;

/**
 * `x * silu(gate)`, both [T, size]. On the GPU in one operator instead of two: a gated norm with an epsilon next to which the mean
 * of squares vanishes divides by that epsilon's root alone, which its weight takes back.
 * @param factors float32 [size] of the graph's weights: what the result is multiplied by
 */
export function gatedBySilu(
  graph: GraphBuilder,
  provider: Provider,
  x: Value,
  gate: Value,
  size: number,
  factors?: Value,
): Value {
  if (provider === 'cpu') return graph.mul(factors ? graph.mul(x, factors) : x, graph.silu(gate));
  const run = greatestCommonDivisor(size, 64);
  const weight = graph.constant(
    `filled(${run}, ${rootOfEpsilon})`,
    'float32',
    [run],
    new Float32Array(run).fill(rootOfEpsilon),
  );
  // The runtime works that out once, when it loads the graph.
  const inputs = [x, factors ? graph.mul(factors, graph.float(rootOfEpsilon)) : weight, gate];
  return graph.node('GatedRMSNorm', inputs, { epsilon: { float: rootOfEpsilon ** 2 } });
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
