import type { GluChannel } from '../../../runtime/graph/channels/glu';
import type { MoeChannel } from '../../../runtime/graph/channels/moe';
import type { Channel } from '../../../runtime/graph/layers';
import { plus, projected, silu, times, type Row, type Tensors } from './reference-rows';

export function channelReference(channel: Channel, row: Row, tensor: Tensors): Row {
  if (channel.kind === 'mlp') throw new Error('No family here has such a channel mixer');
  return channel.kind === 'glu' ? glu(channel, row, tensor) : moe(channel, row, tensor);
}

function glu({ weights, factors, inner }: GluChannel, row: Row, tensor: Tensors): Row {
  const gate = projected(row, inner, weights.gate, undefined, tensor);
  const up = projected(row, inner, weights.up, undefined, tensor);
  const gated = gate.map((value, i) => silu(value * (factors?.gate ?? 1)) * up[i]!);
  const down = projected(gated, row.length, weights.down, undefined, tensor);
  return down.map((value) => value * (factors?.down ?? 1));
}

function moe({ weights, experts, perToken, shared }: MoeChannel, row: Row, tensor: Tensors): Row {
  const scores = times(tensor(weights.router), row);
  const chosen = scores.map((_, expert) => expert).sort((a, b) => scores[b]! - scores[a]!);
  const weightOf = (expert: number) => Math.exp(scores[expert]!);
  const best = chosen.slice(0, perToken);
  const total = best.reduce((sum, expert) => sum + weightOf(expert), 0);
  const [gateUp, down] = [tensor(weights.gateUp), tensor(weights.down)];
  const part = (all: Float32Array, expert: number) =>
    all.subarray((expert * all.length) / experts, ((expert + 1) * all.length) / experts);
  return best.reduce(
    (sum, expert) => {
      const both = times(part(gateUp, expert), row);
      const half = both.length / 2;
      const gated = both.slice(0, half).map((value, i) => silu(value) * both[half + i]!);
      return plus(sum, times(part(down, expert), gated), weightOf(expert) / total);
    },
    channelReference(shared, row, tensor),
  );
}
