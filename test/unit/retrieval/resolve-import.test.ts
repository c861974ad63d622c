import { describe, expect, it } from 'vitest';
import { resolveImport, resolveSubmodule } from '../../../runtime/retrieval/resolve-import';
import type { SourceFiles } from '../../../runtime/retrieval/source-files';

function among(...paths: (string | [string, string])[]): SourceFiles {
  const files = new Map(paths.map((path) => (typeof path === 'string' ? [path, ''] : path)));
  return { read: (path) => Promise.resolve(files.get(path)) };
}

describe('resolving TypeScript and JavaScript imports', () => {
  it.each([
    ['./b', 'src/a.ts', 'src/b.ts'],
    ['./b.js', 'src/a.ts', 'src/b.ts'],
    ['../lib', 'src/a.ts', 'lib/index.tsx'],
    ['.', 'lib/c.ts', 'lib/index.tsx'],
    ['./plain.js', 'src/a.js', 'src/plain.js'],
    ['./missing', 'src/a.ts', undefined],
    ['react', 'src/a.ts', undefined],
    ['../../b', 'src/a.ts', undefined],
  ])('%s in %s is %s', async (source, importer, found) => {
    const files = among('src/b.ts', 'lib/index.tsx', 'src/plain.js', 'react.ts', 'b.ts');
    expect(await resolveImport(source, importer, files)).toBe(found);
  });

  it('follows paths and baseUrl of the nearest tsconfig.json, comments and all', async () => {
    const config =
      '{\n  // ours\n  "compilerOptions": { "baseUrl": ".", "paths": { "@/*": ["source/*"], "#x": ["y"], }, },\n}';
    const files = among(['app/tsconfig.json', config], 'app/source/deep/b.ts', 'app/y.ts', 'app/z.ts');
    expect(await resolveImport('@/deep/b', 'app/source/a.ts', files)).toBe('app/source/deep/b.ts');
    expect(await resolveImport('#x', 'app/source/a.ts', files)).toBe('app/y.ts');
    expect(await resolveImport('z', 'app/source/a.ts', files)).toBe('app/z.ts');
    expect(await resolveImport('@/deep/b', 'other/a.ts', files)).toBe(undefined);
  });

  it('takes what the configuration extends, in circles too', async () => {
    const files = among(
      ['base.json', '{"compilerOptions":{"paths":{"~/*":["./src/*"]}}}'],
      ['app/tsconfig.json', '{"extends":"../base.json"}'],
      ['loop/tsconfig.json', '{"extends":"./tsconfig.json"}'],
      ['bad/tsconfig.json', 'not json'],
      'src/b.ts',
    );
    expect(await resolveImport('~/b', 'app/a.ts', files)).toBe('src/b.ts');
    expect(await resolveImport('~/b', 'loop/a.ts', files)).toBe(undefined);
    expect(await resolveImport('~/b', 'bad/a.ts', files)).toBe(undefined);
  });
});

describe('resolving Python imports', () => {
  const files = among(
    'src/app/__init__.py',
    'src/app/core.py',
    'src/app/json/__init__.py',
    'src/app/json/tag.py',
    'tests/helper.py',
    'tools/run.py',
  );
  it.each([
    ['.core', 'src/app/views.py', 'src/app/core.py'],
    ['..core', 'src/app/json/tag.py', 'src/app/core.py'],
    ['.', 'src/app/json/tag.py', 'src/app/json/__init__.py'],
    ['app.json.tag', 'src/app/views.py', 'src/app/json/tag.py'],
    ['app.core', 'tests/test_core.py', 'src/app/core.py'],
    ['helper', 'tests/test_core.py', 'tests/helper.py'],
    ['tools.run', 'src/app/views.py', 'tools/run.py'],
    // The standard library's, not the sibling: absolute imports start at the package's root.
    ['json', 'src/app/views.py', undefined],
    ['....core', 'src/app/views.py', undefined],
  ])('%s in %s is %s', async (source, importer, found) => {
    expect(await resolveImport(source, importer, files)).toBe(found);
  });

  it('knows a module that is taken from its package', async () => {
    expect(await resolveSubmodule('.', 'core', 'src/app/views.py', files)).toBe('src/app/core.py');
    expect(await resolveSubmodule('app', 'json', 'tests/t.py', files)).toBe('src/app/json/__init__.py');
    expect(await resolveSubmodule('app', 'nothing', 'tests/t.py', files)).toBe(undefined);
  });
});

it('leaves other languages alone', async () => {
  expect(await resolveImport('./b', 'a.go', among('b.go'))).toBe(undefined);
});
