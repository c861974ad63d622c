/** Reciprocal rank fusion (Cormack et al. 2009): lists whose scores do not compare, by the ranks in each. Pure. */

/** As in the paper; a smaller one trusts the first places more. */
const K = 60;

/** Items of all rankings, best first; an item that a ranking lacks gets nothing from it. Equal keys are one item. */
export function reciprocalRankFusion<T>(
  rankings: readonly (readonly T[])[],
  keyOf: (item: T) => string,
): { item: T; score: number }[] {
  const fused = new Map<string, { item: T; score: number }>();
  for (const ranking of rankings) {
    for (const [rank, item] of ranking.entries()) {
      const key = keyOf(item);
      const entry = fused.get(key) ?? { item, score: 0 };
      entry.score += 1 / (K + rank + 1);
      fused.set(key, entry);
    }
  }
  return [...fused.values()].sort((a, b) => b.score - a.score);
}
