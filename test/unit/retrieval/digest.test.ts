import { beforeAll, describe, expect, it } from 'vitest';
import { importedDefinitions } from '../../../runtime/retrieval/definitions';
import { digestOf } from '../../../runtime/retrieval/digest';
import { createPathRules } from '../../../runtime/retrieval/path-rules';
import { filesOnDisk, type SourceFiles } from '../../../runtime/retrieval/source-files';
import { openTestGrammars } from './grammars';
import { tempFolder } from './temp-folder';

beforeAll(openTestGrammars);

const inMemory = (files: Record<string, string>): SourceFiles => ({
  read: (path) => Promise.resolve(Object.hasOwn(files, path) ? files[path] : undefined),
});

async function digest(files: SourceFiles, path: string, text: string, budget = 10_000) {
  const languageId = path.endsWith('.py') ? 'python' : 'typescript';
  const definitions = await importedDefinitions(path, text, languageId, files);
  return digestOf(definitions, budget, (part) => part.length);
}

const typescript = {
  'src/store.ts': [
    '/** Keeps values by name. More is said here. */',
    'export class Store<T> {',
    '  private readonly values = new Map<string, T>();',
    '  constructor(readonly name: string) {',
    '    this.values.clear();',
    '  }',
    '  put(key: string, value: T): void {',
    '    this.values.set(key, value);',
    '  }',
    '  _hidden(): void {}',
    '}',
    'export function open(path: string): Promise<Store<number>> {',
    '  return load(path);',
    '}',
    'export interface Options {',
    '  path: string;',
    '}',
  ].join('\n'),
  'src/index.ts': "export * from './store';\nexport { helper as help } from './helper.js';\n",
  'src/helper.ts': 'export const helper = (a: number) => a + 1;\n',
};

describe('digest of imports', () => {
  it('declares the imported names without their bodies', async () => {
    const text = "import { Store, type Options, open } from './store';\n";
    expect(await digest(inMemory(typescript), 'src/a.ts', text)).toEqual([
      {
        path: 'src/store.ts',
        text: [
          '/** Keeps values by name. */',
          'export class Store<T> {',
          '  constructor(readonly name: string);',
          '  put(key: string, value: T): void;',
          '}',
          '',
          'export function open(path: string): Promise<Store<number>>;',
          '',
          'export interface Options {',
          '  path: string;',
          '}',
          '',
        ].join('\n'),
      },
    ]);
  });

  it('writes Python as Python', async () => {
    const files = inMemory({
      'pkg/__init__.py': '',
      'pkg/base.py':
        'class Base:\n    """A base. For others."""\n\n    def run(self, x: int) -> str:\n        y = x\n        return str(y)\n\n    def _own(self):\n        pass\n\n    limit = 3\n\n\ndef make(a, b=1):\n    """Makes one."""\n    return Base()\n',
    });
    const [file] = await digest(files, 'pkg/a.py', 'from .base import Base, make\n');
    expect(file).toEqual({
      path: 'pkg/base.py',
      text: [
        'class Base:',
        '    """A base."""',
        '    def run(self, x: int) -> str: ...',
        '    limit = 3',
        '',
        'def make(a, b=1):',
        '    """Makes one."""',
        '',
      ].join('\n'),
    });
  });

  it('finds names behind re-exports, under the file that defines them', async () => {
    const found = await digest(inMemory(typescript), 'src/a.ts', "import { open, help } from '.';\n");
    expect(found.map(({ path }) => path)).toEqual(['src/store.ts']);
    const renamed = await digest(inMemory(typescript), 'src/a.ts', "import { helper } from './helper';\n");
    expect(renamed[0]!.text).toBe('export const helper = (a: number) => a + 1;\n');
  });

  it('stays within its budget, and keeps every name before it says more of any', async () => {
    const text = "import { Store, open } from './store';\n";
    const all = await digest(inMemory(typescript), 'src/a.ts', text);
    const little = await digest(inMemory(typescript), 'src/a.ts', text, 120);
    expect(little[0]!.text).toBe(
      'export class Store<T> {}\n\nexport function open(path: string): Promise<Store<number>>;\n',
    );
    expect(all[0]!.text.length).toBeGreaterThan(120);
    expect(await digest(inMemory(typescript), 'src/a.ts', text, 10)).toEqual([]);
  });

  it('does not depend on anything but the imports', async () => {
    const imports = "import { Store } from './store';\n";
    const one = await digest(inMemory(typescript), 'src/a.ts', `${imports}const a = 1;\n`);
    const other = await digest(inMemory(typescript), 'src/a.ts', `${imports}function b() {\n  broken(\n`);
    expect(one).toEqual(other);
  });

  it('never shows what must not be read, and leaves the folder by no path', async () => {
    const outside = tempFolder({ 'other.ts': 'export const other = 1;\n' });
    const root = tempFolder({
      '.gitignore': 'ignored.ts\n',
      'ignored.ts': 'export const ignored = 1;\n',
      'plain.ts': 'export const plain = 1;\n',
      'key.ts': `export const key = \`\n-----BEGIN PRIVATE KEY-----\n${'A'.repeat(64)}\n-----END PRIVATE KEY-----\n\`;\n`,
    });
    const text = [
      "import { ignored } from './ignored';",
      "import { key } from './key';",
      `import { other } from '../${outside.split('/').at(-1)}/other';`,
      "import { plain } from './plain';",
    ].join('\n');
    const found = await digest(filesOnDisk(createPathRules(root)), 'a.ts', text);
    expect(found.map(({ path }) => path)).toEqual(['plain.ts']);
  });
});
