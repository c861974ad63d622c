import { describe, expect, it } from 'vitest';
import { importEdges } from '../../../runtime/retrieval/import-graph';

async function edges(files: string[], imports: [path: string, source: string, names?: string][]) {
  const rows = await importEdges(
    files,
    imports.map(([path, source, names = '']) => ({ path, source, names })),
  );
  return files.flatMap((from, node) => [...rows[node]!.keys()].map((to) => `${from} > ${files[to]}`));
}

describe('importEdges', () => {
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
