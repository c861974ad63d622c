import { describe, expect, it } from 'vitest';
import { fileGraph, type Edges } from '../../../runtime/retrieval/file-graph';
import { personalisedPageRank } from '../../../runtime/retrieval/page-rank';

/** Files named after their numbers; imports as lists, references as weights. */
function graphOf(imports: number[][], references: Record<number, number>[] = imports.map(() => ({}))) {
  return fileGraph(
    imports.map((_, at) => `${at}`),
    imports.map((row): Edges => new Map(row.map((to) => [to, 1]))),
    references.map((row): Edges => new Map(Object.entries(row).map(([to, weight]) => [Number(to), weight]))),
  );
}

describe('fileGraph', () => {
  it('gives imports and references half each where a file has both, else all to those that it has', () => {
    const { starts, targets, shares } = graphOf([[1, 2], [], [0], []], [{ 2: 3, 3: 1 }, { 3: 7 }, {}, {}]);
    const rows = [0, 1, 2, 3].map((at) =>
      Object.fromEntries(
        [...targets.slice(starts[at], starts[at + 1])].map((to, edge) => [to, shares[starts[at]! + edge]]),
      ),
    );
    expect(rows).toEqual([{ 1: 0.25, 2: 0.625, 3: 0.125 }, { 3: 1 }, { 0: 1 }, {}]);
  });
});

describe('personalisedPageRank', () => {
  // 0 > 1 > 2, 3 > 2, nothing leaves 2.
  const graph = graphOf([[1], [2], [], [2]]);

  it('is the stationary place of a reader who starts at the seeds', () => {
    const rank = personalisedPageRank(graph, new Map([[0, 5]]));
    // r0 = 0.15 + 0.85 r2, r1 = 0.85 r0, r2 = 0.85 r1.
    const r0 = 0.15 / (1 - 0.85 ** 3);
    for (const [node, share] of [r0, 0.85 * r0, 0.85 ** 2 * r0].entries())
      expect(Math.abs(rank[node]! - share), `${node}`).toBeLessThan(0.04);
    expect(rank[3]).toBe(0);
    expect(rank.reduce((sum, value) => sum + value)).toBeCloseTo(1, 9);
  });

  it('follows edges by their shares', () => {
    const rank = personalisedPageRank(graphOf([[], [], []], [{ 1: 3, 2: 1 }, {}, {}]), new Map([[0, 1]]));
    expect(rank[1]! / rank[2]!).toBeCloseTo(3, 5);
  });

  it('gives what all seeds lead to the most', () => {
    const rank = personalisedPageRank(
      graph,
      new Map([
        [1, 1],
        [3, 1],
      ]),
    );
    expect(rank[2]).toBe(Math.max(...rank));
  });
});
