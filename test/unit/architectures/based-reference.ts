import type { GluChannel } from '../../../runtime/graph/channels/glu';
import type { AttentionMixer } from '../../../runtime/graph/mixers/attention';
import type { BaseConvMixer } from '../../../runtime/graph/mixers/base-conv';
import type { LinearAttentionMixer } from '../../../runtime/graph/mixers/linear-attention';
import { readSource, type Source } from '../../../runtime/graph/stored-tensors';
import { convolve, optional, plus, silu, times, type ReadTensor, type Row } from './definition';

export function baseConvReference(mixer: BaseConvMixer, rows: Row[], tensor: ReadTensor): Row[] {
  const { inner, convolution, weights } = mixer;
  const projected = rows.map((row) =>
    plus(times(tensor(weights.inProjection), row), optional(tensor, weights.inProjectionBias)),
  );
  const u = convolve(
    projected.map((row) => row.slice(0, inner)),
    tensor(weights.convolution),
    convolution,
  );
  return projected.map((row, t) => {
    const gated = u[t]!.map((value, i) => silu(value) * row[inner + i]!);
    return plus(times(tensor(weights.outProjection), gated), optional(tensor, weights.outProjectionBias));
  });
}

/** Every pair of tokens weighed by itself, without features. */
export function linearAttentionReference(
  { heads, featureSize, headSize, weights }: LinearAttentionMixer,
  rows: Row[],
  tensor: ReadTensor,
): Row[] {
  const project = (name: string) => rows.map((row) => times(tensor(name), row));
  const [queries, keys, values] = [weights.query, weights.key, weights.value].map(project);
  const weigh = (score: number) => 1 + score + score ** 2 / 2;
  const mixed = attend(queries!, keys!, values!, { heads, keySize: featureSize, headSize }, weigh, Infinity);
  return mixed.map((row) => times(tensor(weights.out), row));
}

/** Softmax attention with rotated positions, each query over the `window` last keys. */
export function attentionReference(mixer: AttentionMixer, rows: Row[], tensor: ReadTensor): Row[] {
  const { heads, keyValueHeads, headSize, window, weights, ropeTheta } = mixer;
  const project = (source: Source, bias: Source | undefined, count: number) => {
    const matrix = readSource(source, count * headSize, rows[0]!.length)(tensor);
    const added = bias === undefined ? undefined : readSource(bias, count * headSize, 1)(tensor);
    return rows.map((row) => plus(times(matrix, row), added));
  };
  const { positionScale = 1 } = mixer;
  const rotate = (row: Row, t: number) =>
    row.map((value, i) => {
      const [at, half] = [i % headSize, headSize / 2];
      const angle = t * positionScale * ropeTheta ** (-(at % half) / half);
      const other = at < half ? -row[i + half]! : row[i - half]!;
      return value * Math.cos(angle) + other * Math.sin(angle);
    });
  const shared = (row: Row) =>
    Array.from({ length: heads }, (_, head) => {
      const group = Math.floor(head / (heads / keyValueHeads)) * headSize;
      return row.slice(group, group + headSize);
    }).flat();
  const queries = project(weights.query, weights.queryBias, heads).map(rotate);
  const keys = project(weights.key, weights.keyBias, keyValueHeads).map(rotate).map(shared);
  const values = project(weights.value, weights.valueBias, keyValueHeads).map(shared);
  const sizes = { heads, keySize: headSize, headSize };
  const out = readSource(weights.out, rows[0]!.length, heads * headSize)(tensor);
  const outBias = optional(tensor, weights.outBias as string | undefined);
  return attend(queries, keys, values, sizes, Math.exp, window).map((row) => plus(times(out, row), outBias));
}

function attend(
  queries: Row[],
  keys: Row[],
  values: Row[],
  { heads, keySize, headSize }: { heads: number; keySize: number; headSize: number },
  weigh: (score: number) => number,
  window: number,
): Row[] {
  return queries.map((query, t) =>
    Array.from({ length: heads }, (_, head) => {
      const first = Math.max(0, t - window + 1);
      const scored = keys.slice(first, t + 1).map((key) => {
        let sum = 0;
        for (let i = head * keySize; i < (head + 1) * keySize; i++) sum += query[i]! * key[i]!;
        return weigh(sum / Math.sqrt(keySize));
      });
      const total = scored.reduce((sum, each) => sum + each, 0);
      return Array.from({ length: headSize }, (_, i) =>
        scored.reduce(
          (sum, weight, j) => sum + (weight / total) * values[first + j]![head * headSize + i]!,
          0,
        ),
      );
    }).flat(),
  );
}

export function gluReference(channel: GluChannel, rows: Row[], tensor: ReadTensor, activate = silu): Row[] {
  const { weights, inner } = channel;
  const width = rows[0]!.length;
  const [gate, up] = [weights.gate, weights.up].map((source) => readSource(source, inner, width)(tensor));
  const down = readSource(weights.down, width, inner)(tensor);
  return rows.map((row) => {
    const values = times(up!, row);
    return times(
      down,
      times(gate!, row).map((value, i) => activate(value) * values[i]!),
    );
  });
}
