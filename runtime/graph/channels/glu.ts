import { activate, type Activation } from '../activation';
import type { Value } from '../builder';
import { intoStream, type LayerContext } from '../context';
import { matrix, tensorOf, type Source } from '../stored-tensors';

/** Gated linear unit: `down(activation(gate(x)) * up(x))`. */
export interface GluChannel {
  kind: 'glu';
  inner: number;
  /** Absent = silu. */
  activation?: Activation;
  /** What the gate's input to its activation, and the result, are multiplied by. */
  factors?: { gate: number; down: number };
  weights: { gate: Source; up: Source; down: Source };
}

export function gluTensors({ weights, inner }: GluChannel, width: number): [name: string, shape: number[]][] {
  return [
    tensorOf(weights.gate, inner, width),
    tensorOf(weights.up, inner, width),
    tensorOf(weights.down, width, inner),
  ];
}

export function glu(context: LayerContext, x: Value, channel: GluChannel): Value {
  const { graph, forms, width } = context;
  const { weights, inner, activation = 'silu', factors } = channel;
  const gate = forms.into.multiply(graph, x, matrix(weights.gate, inner, width, factors?.gate));
  const up = forms.into.multiply(graph, x, matrix(weights.up, inner, width));
  const gated = graph.mul(activate(graph, gate, activation), up);
  return intoStream(context, gated, matrix(weights.down, width, inner, factors?.down));
}
