import type { Value } from '../builder';
import type { LayerContext } from '../context';
import { matrix } from '../stored-tensors';

/** Gated linear unit: `down(silu(gate(x)) * up(x))`. */
export interface GluChannel {
  kind: 'glu';
  inner: number;
  /** Names of the checkpoint's tensors. */
  weights: { gate: string; up: string; down: string };
}

export function gluTensors({ weights, inner }: GluChannel, width: number): [name: string, shape: number[]][] {
  return [
    [weights.gate, [inner, width]],
    [weights.up, [inner, width]],
    [weights.down, [width, inner]],
  ];
}

export function glu({ graph, forms, width }: LayerContext, x: Value, channel: GluChannel): Value {
  const { weights, inner } = channel;
  const gate = forms.into.multiply(graph, x, matrix(weights.gate, inner, width));
  const up = forms.into.multiply(graph, x, matrix(weights.up, inner, width));
  return forms.outOf.multiply(graph, graph.mul(graph.silu(gate), up), matrix(weights.down, width, inner));
}
