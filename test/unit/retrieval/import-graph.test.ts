import { describe, expect, it } from 'vitest';
import { importGraph, type FileGraph } from '../../../runtime/retrieval/import-graph';
import { personalisedPageRank } from '../../../runtime/retrieval/page-rank';

async function edges(files: string[], imports: [path: string, source: string, names?: string][]) {
  const graph = await importGraph(
    files,
    imports.map(([path, source, names = '']) => ({ path, source, names })),
  );
  return files.flatMap((from, node) =>
    [...graph.targets.slice(graph.starts[node], graph.starts[node + 1])].map(
      (to) => `${from} > ${files[to]}`,
    ),
  );
}

describe('importGraph', () => {
  it.each([
    ['a.ts', './lib/b', '', 'lib/b.ts'],
    ['x/a.ts', '../lib', '', 'lib/index.ts'],
    ['pkg/a.py', '.shapes', 'area', 'pkg/shapes.py'],
    ['pkg/a.py', '.', 'shapes', 'pkg/shapes.py'],
    ['app.py', 'pkg.shapes', 'area', 'src/pkg/shapes.py'],
    ['A.java', 'com.acme.util', 'Lists', 'src/com/acme/util/Lists.java'],
    ['A.php', 'Acme\\Util', 'Lists', 'src/Acme/Util/Lists.php'],
    ['main.rs', 'crate::flags', 'Args', 'src/flags/mod.rs'],
    ['a.c', 'util/list.h', '', 'util/list.h'],
    ['main.go', 'github.com/acme/tool/render', '', 'render/html.go'],
  ])('%s: %s %s', async (importer, source, names, target) => {
    expect(await edges([importer, target, 'other/b.ts'], [[importer, source, names]])).toEqual([
      `${importer} > ${target}`,
    ]);
  });

  it('takes the nearest of several that may be meant, and neither packages nor itself', async () => {
    expect(
      await edges(
        ['one/util.py', 'one/a.py', 'two/util.py', 'react.ts', 'b.ts'],
        [
          ['one/a.py', 'util'],
          ['b.ts', 'react'],
          ['b.ts', './b'],
          ['gone.ts', './b'],
        ],
      ),
    ).toEqual(['one/a.py > one/util.py']);
  });
});

describe('personalisedPageRank', () => {
  // 0 > 1 > 2, 3 > 2, nothing leaves 2.
  const graph: FileGraph = {
    files: ['0', '1', '2', '3'],
    nodes: new Map(),
    starts: Uint32Array.of(0, 1, 2, 2, 3),
    targets: Uint32Array.of(1, 2, 2),
  };

  it('is the stationary place of a reader who starts at the seeds', () => {
    const rank = personalisedPageRank(graph, new Map([[0, 5]]));
    // r0 = 0.15 + 0.85 r2, r1 = 0.85 r0, r2 = 0.85 r1.
    const r0 = 0.15 / (1 - 0.85 ** 3);
    for (const [node, share] of [r0, 0.85 * r0, 0.85 ** 2 * r0].entries())
      expect(Math.abs(rank[node]! - share), `${node}`).toBeLessThan(0.04);
    expect(rank[3]).toBe(0);
    expect(rank.reduce((sum, value) => sum + value)).toBeCloseTo(1, 9);
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
