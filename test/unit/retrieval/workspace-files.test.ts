import path from 'node:path';
import { expect, it } from 'vitest';
import { WorkspaceFiles } from '../../../runtime/retrieval';
import { tempFolder, write } from './temp-folder';

it('knows a file by its innermost folder, and by that folder reads what its rules allow', async () => {
  const outer = tempFolder({
    'a.ts': 'a',
    'inner/b.ts': 'b',
    'inner/.env': 'KEY=1',
    'inner/.gitignore': 'ignored.ts\n',
    'inner/ignored.ts': 'i',
    'inner/excluded.ts': 'x',
  });
  const inner = path.join(outer, 'inner');
  const files = new WorkspaceFiles(
    [
      { path: outer, name: 'outer' },
      { path: inner, name: 'inner' },
    ],
    ['**/excluded.ts'],
  );
  const located = files.locate(path.join(inner, 'b.ts'))!;
  expect(located).toMatchObject({ path: 'b.ts', prefix: 'inner/' });
  expect(await located.files.read('b.ts')).toBe('b');
  for (const kept of ['ignored.ts', '.env', 'excluded.ts', '../a.ts', 'missing.ts'])
    expect(await located.files.read(kept)).toBe(undefined);
  expect(files.locate(path.join(outer, 'a.ts'))).toMatchObject({ path: 'a.ts', prefix: 'outer/' });
  // What must not be read is not shown other files either; what is elsewhere has none.
  expect(files.locate(path.join(inner, 'ignored.ts'))).toBe(undefined);
  expect(files.locate(path.join(tempFolder(), 'c.ts'))).toBe(undefined);
});

it('asks the ignore files anew when they changed', () => {
  const root = tempFolder({ 'a.ts': 'a' });
  const files = new WorkspaceFiles([{ path: root, name: 'root' }], []);
  expect(files.locate(path.join(root, 'a.ts'))).toBeDefined();
  write(root, '.gitignore', 'a.ts\n');
  files.invalidate();
  expect(files.locate(path.join(root, 'a.ts'))).toBe(undefined);
});
