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
  ['inference'],
  ['state'],
  ['questions', 'summaries', 'retrieval'],
  ['engine'],
  ['cli', 'evaluation'],
];

/** Layers outside the stack, and the only folders that each may import besides itself. */
const leaves = { protocol: [], completion: ['protocol'] };

function runtimeZones() {
  const zones = [];
  for (const [rank, line] of layers.entries()) {
    const below = layers.slice(0, rank).flat();
    for (const layer of line) {
      const allowed = [layer, 'protocol', ...below];
      // The engine composes, so it and what stands above it reach completion too; `cli` runs `evaluation`.
      if (rank >= layers.length - 2) allowed.push('completion');
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
            only('extension', ['runtime/protocol', 'runtime/completion']),
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
  {
    files: ['runtime/**', 'webview/**'],
    rules: { 'no-restricted-imports': ['error', { paths: [{ name: 'vscode', message: "Only extension/ may import 'vscode'." }] }] },
  },
  {
    files: ['extension/**', 'runtime/completion/**', 'runtime/protocol/**', 'webview/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: ['onnxruntime-node', 'libsql'].map((name) => ({ name, message: 'No native code outside the engine.' })) },
      ],
    },
  },
  {
    files: ['webview/**'],
    languageOptions: { globals: { document: 'readonly', window: 'readonly' } },
  },
  {
    files: ['scripts/**', '*.mjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly', Buffer: 'readonly', setTimeout: 'readonly', fetch: 'readonly' } },
  },
);
