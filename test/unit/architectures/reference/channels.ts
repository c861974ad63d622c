import type { GluChannel } from '../../../../runtime/graph/channels/glu';
import type { MlpChannel } from '../../../../runtime/graph/channels/mlp';
import type { MoeChannel } from '../../../../runtime/graph/channels/moe';
import type { Channel } from '../../../../runtime/graph/layers';
import {
  biased,
  gelu,
  geluTanh,
  plus,
  projected,
  sigmoid,
  silu,
  times,
  type Row,
  type Tensors,
} from './rows';

const activations = { silu, gelu, gelu_tanh: geluTanh };

export function channelReference(channel: Channel, row: Row, tensor: Tensors): Row {
  switch (channel.kind) {
    case 'glu':
      return glu(channel, row, tensor);
    case 'moe':
      return moe(channel, row, tensor);
    case 'mlp':
      return mlp(channel, row, tensor);
  }
}

function mlp({ weights, activation }: MlpChannel, row: Row, tensor: Tensors): Row {
  const up = biased(times(tensor(weights.up), row), weights.upBias, tensor);
  return biased(times(tensor(weights.down), up.map(activations[activation])), weights.downBias, tensor);
}

function glu({ weights, activation = 'silu', factors, inner }: GluChannel, row: Row, tensor: Tensors): Row {
  const gate = projected(row, inner, weights.gate, undefined, tensor);
  const up = projected(row, inner, weights.up, undefined, tensor);
  const gated = gate.map((value, i) => activations[activation](value * (factors?.gate ?? 1)) * up[i]!);
  const down = projected(gated, row.length, weights.down, undefined, tensor);
  return down.map((value) => value * (factors?.down ?? 1));
}

function moe(channel: MoeChannel, row: Row, tensor: Tensors): Row {
  const { weights, perToken, shared } = channel;
  const scores = times(tensor(weights.router), row);
  const chosen = scores.map((_, expert) => expert).sort((a, b) => scores[b]! - scores[a]!);
  const weightOf = (expert: number) => Math.exp(scores[expert]!);
  const best = chosen.slice(0, perToken);
  const total = best.reduce((sum, expert) => sum + weightOf(expert), 0);
  const opened = weights.sharedGate === undefined ? 1 : sigmoid(times(tensor(weights.sharedGate), row)[0]!);
  const all = glu(shared, row, tensor).map((value) => value * opened);
  return best.reduce(
    (sum, expert) => plus(sum, expertOf(channel, expert, row, tensor), weightOf(expert) / total),
    all,
  );
}

function expertOf({ weights, experts, inner }: MoeChannel, expert: number, row: Row, tensor: Tensors): Row {
  if (Array.isArray(weights.experts)) {
    return glu({ kind: 'glu', inner, weights: weights.experts[expert]! }, row, tensor);
  }
  const { gateUp, down } = weights.experts;
  const part = (name: string) => {
    const all = tensor(name);
    return all.subarray((expert * all.length) / experts, ((expert + 1) * all.length) / experts);
  };
  const gate = { tensor: gateUp, first: 0, of: 2 * inner };
  const own = { gate, up: { ...gate, first: inner }, down };
  return glu({ kind: 'glu', inner, weights: own }, row, (name, from, to) => part(name).subarray(from, to));
}
