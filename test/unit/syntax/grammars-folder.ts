import path from 'node:path';

/** Where the grammars lie in a checkout; an installed Longview has them in dist/grammars. */
export const grammarsFolder = path.resolve(
  import.meta.dirname,
  '../../../node_modules/@vscode/tree-sitter-wasm/wasm',
);
