import type { AttentionMixer } from '../../../../runtime/graph/mixers/attention';
import { ropeFrequencies, type Rope } from '../../../../runtime/graph/rope';
import { normed, parts, projected, sigmoid, type Row, type Tensors } from './rows';

/** Attention as its definition says: every query over every key that it sees. */
export function attentionReference(mixer: AttentionMixer, rows: Row[], tensor: Tensors): Row[] {
  const { heads, keyValueHeads, headSize, weights, window, norms, rope, gated } = mixer;
  const scale = mixer.scale ?? 1 / Math.sqrt(headSize);
  const [queryWidth, keyWidth] = [heads * headSize * (gated ? 2 : 1), keyValueHeads * headSize];
  const queryParts = rows.map((row) =>
    parts(
      projected(row, queryWidth, weights.query, weights.queryBias, tensor),
      gated ? 2 * headSize : headSize,
    ),
  );
  const place = (head: Row, t: number, by: 'query' | 'key') => {
    const ready = norms ? normed(head, norms[by], tensor) : head;
    return rope ? rotated(ready, t, rope) : ready;
  };
  const queries = queryParts.map((row, t) => row.map((head) => place(head.slice(0, headSize), t, 'query')));
  const keys = rows.map((row, t) =>
    parts(projected(row, keyWidth, weights.key, weights.keyBias, tensor), headSize).map((head) =>
      place(head, t, 'key'),
    ),
  );
  const values = rows.map((row) =>
    parts(projected(row, keyWidth, weights.value, weights.valueBias, tensor), headSize),
  );

  return queries.map((query, t) => {
    const y = query.flatMap((head, h) => {
      const shared = Math.floor(h / (heads / keyValueHeads));
      const first = Math.max(0, t - window + 1);
      const seen = Array.from({ length: t - first + 1 }, (_, i) => first + i);
      const scores = seen.map((s) =>
        Math.exp(scale * head.reduce((sum, value, i) => sum + value * keys[s]![shared]![i]!, 0)),
      );
      const total = scores.reduce((sum, score) => sum + score, 0);
      return head.map((_, i) => {
        const value = seen.reduce((sum, s, at) => sum + scores[at]! * values[s]![shared]![i]!, 0) / total;
        return gated ? value * sigmoid(queryParts[t]![h]![headSize + i]!) : value;
      });
    });
    return projected(y, rows[0]!.length, weights.out, weights.outBias, tensor);
  });
}

function rotated(head: Row, position: number, rope: Rope): Row {
  const half = rope.size / 2;
  const angles = ropeFrequencies(rope).map((frequency) => frequency * position);
  return head.map((value, i) => {
    if (i >= rope.size) return value;
    const angle = angles[i % half]!;
    const other = i < half ? -head[i + half]! : head[i - half]!;
    return (rope.amplitude ?? 1) * (value * Math.cos(angle) + other * Math.sin(angle));
  });
}
