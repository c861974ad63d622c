import path from 'node:path';
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { openGrammars } from '../../../runtime/syntax';

/** Opens the grammars of the installed packages, once per test process. */
export function openTestGrammars(): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'longview-grammars-'));
  const modules = path.resolve('node_modules');
  cpSync(
    path.join(modules, 'web-tree-sitter/web-tree-sitter.wasm'),
    path.join(folder, 'web-tree-sitter.wasm'),
  );
  for (const name of ['typescript', 'python']) {
    const file = `tree-sitter-${name}.wasm`;
    cpSync(path.join(modules, '@vscode/tree-sitter-wasm/wasm', file), path.join(folder, file));
  }
  openGrammars(folder);
}
