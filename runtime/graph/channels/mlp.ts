import { activate, type Activation } from '../activation';
import type { Value } from '../builder';
import { biasOf, intoStream, type LayerContext } from '../context';
import { matrix } from '../stored-tensors';

/** Two products with biases: `down(activation(up(x)))`. */
export interface MlpChannel {
  kind: 'mlp';
  inner: number;
  activation: Activation;
  /** Names of the checkpoint's tensors. */
  weights: { up: string; upBias: string; down: string; downBias: string };
}

export function mlpTensors({ weights, inner }: MlpChannel, width: number): [name: string, shape: number[]][] {
  return [
    [weights.up, [inner, width]],
    [weights.upBias, [inner]],
    [weights.down, [width, inner]],
    [weights.downBias, [width]],
  ];
}

export function mlp(context: LayerContext, x: Value, channel: MlpChannel): Value {
  const { graph, forms, width } = context;
  const { weights, inner, activation } = channel;
  const up = forms.into.multiply(graph, x, matrix(weights.up, inner, width), biasOf(weights.upBias, inner));
  const active = activate(graph, up, activation);
  return intoStream(context, active, matrix(weights.down, width, inner), weights.downBias);
}
