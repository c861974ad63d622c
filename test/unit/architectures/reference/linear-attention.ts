import type { LinearAttentionMixer } from '../../../../runtime/graph/mixers/linear-attention';
import { parts, times, type Row, type Tensors } from './rows';

/** Every pair of tokens weighed by itself, by the series of the exponential's first terms, without features. */
export function linearAttentionReference(
  { heads, featureSize, headSize, weights }: LinearAttentionMixer,
  rows: Row[],
  tensor: Tensors,
): Row[] {
  const project = (name: string, size: number) => rows.map((row) => parts(times(tensor(name), row), size));
  const queries = project(weights.query, featureSize);
  const keys = project(weights.key, featureSize);
  const values = project(weights.value, headSize);
  const weigh = (query: Row, key: Row) => {
    const score = query.reduce((sum, value, i) => sum + value * key[i]!, 0) / Math.sqrt(featureSize);
    return 1 + score + score ** 2 / 2;
  };
  const attend = (t: number, head: number) => {
    const scored = keys.slice(0, t + 1).map((key) => weigh(queries[t]![head]!, key[head]!));
    const total = scored.reduce((sum, each) => sum + each, 0);
    return Array.from({ length: headSize }, (_, i) =>
      scored.reduce((sum, weight, s) => sum + (weight / total) * values[s]![head]![i]!, 0),
    );
  };
  return rows.map((_, t) =>
    times(tensor(weights.out), Array.from({ length: heads }, (_, head) => attend(t, head)).flat()),
  );
}
