import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { grammarFailures, openGrammars, outlineOf } from '../../../runtime/syntax';
import { grammarsFolder } from './grammars-folder';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'longview-grammars-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a folder that does not exist is named, with the remedy', () => {
  const missing = path.join(folder, 'absent');
  expect(() => openGrammars(missing)).toThrow(missing);
  expect(() => openGrammars(missing)).toThrow(/Reinstall/);
});

test('a missing or damaged grammar leaves an outline by indentation, and a reason', async () => {
  await cp(
    path.join(grammarsFolder, 'tree-sitter-python.wasm'),
    path.join(folder, 'tree-sitter-python.wasm'),
  );
  await writeFile(path.join(folder, 'tree-sitter-go.wasm'), 'not a grammar');
  openGrammars(folder);
  expect((await outlineOf('def f(): pass\n', 'python')).approximate).toBe(false);
  const go = await outlineOf('func main() {\n}\n', 'go');
  expect(go.approximate).toBe(true);
  expect(go.symbols.map((symbol) => symbol.name)).toEqual(['main']);
  expect((await outlineOf('fn main() {}\n', 'rust')).approximate).toBe(true);
  expect([...grammarFailures().keys()].sort()).toEqual(['go', 'rust']);
  expect(grammarFailures().get('rust')).toMatch(/tree-sitter-rust\.wasm/);
});
