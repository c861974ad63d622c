import type { Value } from '../builder';
import type { LayerContext } from '../context';
import { matrix, pickedRows, type Matrix } from '../stored-tensors';

/** Gated linear unit: `down(silu(gate(x)) * up(x))`. */
export interface GluChannel {
  kind: 'glu';
  inner: number;
  /** What the gate's input to SiLU, and the result, are multiplied by. */
  factors?: { gate: number; down: number };
  /** Names of the checkpoint's tensors; `gateUp` [2 * inner, width] holds the gate's rows, then the other's. */
  weights: { gate: string; up: string; down: string } | { gateUp: string; down: string };
}

export function gluTensors({ weights, inner }: GluChannel, width: number): [name: string, shape: number[]][] {
  const first: [string, number[]][] =
    'gateUp' in weights
      ? [[weights.gateUp, [2 * inner, width]]]
      : [
          [weights.gate, [inner, width]],
          [weights.up, [inner, width]],
        ];
  return [...first, [weights.down, [width, inner]]];
}

export function glu({ graph, forms, width }: LayerContext, x: Value, channel: GluChannel): Value {
  const { weights, inner, factors } = channel;
  const gate = forms.into.multiply(graph, x, half(channel, 'gate', width, factors?.gate));
  const up = forms.into.multiply(graph, x, half(channel, 'up', width));
  const down = matrix(weights.down, width, inner, factors?.down);
  return forms.outOf.multiply(graph, graph.mul(graph.silu(gate), up), down);
}

function half({ weights, inner }: GluChannel, part: 'gate' | 'up', width: number, factor?: number): Matrix {
  if (!('gateUp' in weights)) return matrix(weights[part], inner, width, factor);
  const both = matrix(weights.gateUp, 2 * inner, width, factor);
  const first = part === 'gate' ? 0 : inner;
  const rows = Array.from({ length: inner }, (_, i) => first + i);
  return pickedRows(`${weights.gateUp}.${part}`, both, rows);
}
