import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import importX from 'eslint-plugin-import-x';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';

/**
 * The arrows of ARCHITECTURE.md, from the bottom up: a layer may import itself, `protocol`, and every layer
 * listed before it. Layers that share a line may not import each other.
 */
const layers = [
  ['syntax', 'graph'],
  ['architectures'],
  ['models'],
  ['inference', 'library'],
  ['state'],
  ['questions', 'summaries', 'retrieval'],
  ['engine'],
  ['cli', 'evaluation'],
];

/** Layers outside the stack, and the only folders that each may import besides itself. */
const leaves = { protocol: [], completion: ['protocol'], wire: ['protocol'], hub: ['protocol'] };

function runtimeZones() {
  const zones = [];
  for (const [rank, line] of layers.entries()) {
    const below = layers.slice(0, rank).flat();
    for (const layer of line) {
      const allowed = [layer, 'protocol', ...below];
      // The engine composes, so it and what stands above it reach the leaves too; `cli` runs `evaluation`.
      if (rank >= layers.length - 2) allowed.push('completion', 'wire');
      // The engine works without a network; only the command line and the editor download.
      if (layer === 'cli') allowed.push('hub');
      if (layer === 'cli') allowed.push('evaluation');
      zones.push(zone(layer, allowed));
    }
  }
  for (const [layer, allowed] of Object.entries(leaves)) zones.push(zone(layer, [layer, ...allowed]));
  return zones;
}

function zone(layer, allowed) {
  return {
    target: `./runtime/${layer}`,
    from: './runtime',
    except: allowed.map((name) => `./${name}`),
    message: `runtime/${layer} may import only: ${allowed.join(', ')} (see ARCHITECTURE.md, "Arrows").`,
  };
}

const only = (target, folders) => ({
  target: `./${target}`,
  from: '.',
  except: [...folders, target, 'node_modules'].map((name) => `./${name}`),
  message: `${target}/ may import only its own files${folders.map((name) => ` and ${name}`).join('')}.`,
});

/** Packages that only some folders may import, with the reason. */
const editor = { names: ['vscode'], message: "Only extension/ may import 'vscode'." };
const native = { names: ['onnxruntime-node', 'libsql'], message: 'No native code outside the engine.' };
const toolkit = {
  names: ['@vscode/webview-ui-toolkit'],
  message: 'Archived upstream: only webview/toolkit/ knows it, so that it can be replaced.',
};

function forbidden(...packages) {
  const paths = packages.flatMap(({ names, message }) => names.map((name) => ({ name, message })));
  return { 'no-restricted-imports': ['error', { paths }] };
}

export default tseslint.config(
  { ignores: ['dist/**', '.e2e/**', '.cache/**', 'coverage/**', 'test/fixtures/**', 'test-results/**'] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver({ project: './tsconfig.json' })] },
    rules: {
      'import-x/no-restricted-paths': [
        'error',
        {
          basePath: import.meta.dirname,
          zones: [
            ...runtimeZones(),
            only('extension', ['runtime/protocol', 'runtime/completion', 'runtime/wire', 'runtime/hub']),
            only('webview', ['runtime/protocol']),
            only('runtime', []),
          ],
        },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: 'error',
      'no-eval': 'error',
    },
  },
  // Of several blocks that set the same rule for a file the last one counts: each block lists all that its files may not import.
  { files: ['extension/**'], rules: forbidden(native) },
  { files: ['runtime/**'], rules: forbidden(editor) },
  {
    files: ['runtime/completion/**', 'runtime/hub/**', 'runtime/protocol/**', 'runtime/wire/**'],
    rules: forbidden(editor, native),
  },
  { files: ['webview/**'], rules: forbidden(editor, native, toolkit) },
  { files: ['webview/toolkit/**'], rules: forbidden(editor, native) },
  {
    files: ['webview/**'],
    languageOptions: { globals: { document: 'readonly', window: 'readonly' } },
  },
  {
    files: ['scripts/**', '*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        setTimeout: 'readonly',
        fetch: 'readonly',
      },
    },
  },
);
