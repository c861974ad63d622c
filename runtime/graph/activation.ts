import type { GraphBuilder, Value } from './builder';

/** `gelu` as the normal distribution gives it, `gelu_tanh` its usual approximation. */
export const activations = ['silu', 'gelu', 'gelu_tanh'] as const;
export type Activation = (typeof activations)[number];

export function activate(graph: GraphBuilder, x: Value, activation: Activation): Value {
  if (activation === 'silu') return graph.silu(x);
  return graph.node('Gelu', [x], { approximate: activation === 'gelu' ? 'none' : 'tanh' });
}
