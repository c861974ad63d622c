import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Language, Parser, type Tree } from 'web-tree-sitter';

/** Grammar (name of its wasm file) by VS Code language id. C is read with C++'s grammar, which contains it. */
const grammarOf: Record<string, string> = {
  typescript: 'typescript',
  typescriptreact: 'tsx',
  javascript: 'javascript',
  javascriptreact: 'javascript',
  python: 'python',
  go: 'go',
  rust: 'rust',
  java: 'java',
  c: 'cpp',
  cpp: 'cpp',
  csharp: 'c-sharp',
  ruby: 'ruby',
  php: 'php',
};

/** Longer than any real source file needs, short enough that a pathological one does not hold the engine. */
const parseLimitMs = 3000;

let folder: string | undefined;
let runtime: Promise<void> | undefined;
const parsers = new Map<string, Promise<Parser>>();
const failures = new Map<string, string>();

/**
 * Names the folder of the grammars (tree-sitter-*.wasm) for this process; nothing is read before the first parse.
 * The parser's own web-tree-sitter.wasm is taken from the same folder, or from its package where it is not there.
 * Throws when the folder does not exist.
 */
export function openGrammars(grammarFolder: string): void {
  if (!existsSync(grammarFolder)) {
    throw new Error(
      `The folder of the grammars is missing: ${grammarFolder}. Reinstall Longview (in a checkout: npm run build).`,
    );
  }
  if (folder === grammarFolder) return;
  folder = grammarFolder;
  parsers.clear();
  failures.clear();
}

export function hasGrammar(languageId: string): boolean {
  return Object.hasOwn(grammarOf, languageId);
}

/** Grammars that could not be loaded, with the reason; for diagnostics. */
export function grammarFailures(): ReadonlyMap<string, string> {
  return failures;
}

/**
 * The syntax tree of `text`; the caller deletes it. Undefined where there is no grammar, where it cannot be loaded
 * (see `grammarFailures`), or where parsing took too long.
 */
export async function parse(text: string, languageId: string): Promise<Tree | undefined> {
  const name = hasGrammar(languageId) ? grammarOf[languageId] : undefined;
  if (!name) return undefined;
  if (folder === undefined) throw new Error('openGrammars(folder) must be called before the first parse.');
  const parser = await parserOf(name, folder);
  return parser && parseWithin(parser, text, parseLimitMs);
}

async function parserOf(name: string, from: string): Promise<Parser | undefined> {
  let parser = parsers.get(name);
  if (!parser) {
    parser = load(name, from);
    parsers.set(name, parser);
  }
  try {
    return await parser;
  } catch (error) {
    failures.set(name, error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

async function load(name: string, from: string): Promise<Parser> {
  await (runtime ??= startRuntime(from));
  const language = await Language.load(await readFile(path.join(from, `tree-sitter-${name}.wasm`)));
  return new Parser().setLanguage(language);
}

async function startRuntime(from: string): Promise<void> {
  const own = path.join(from, 'web-tree-sitter.wasm');
  // The module's type asks for all of emscripten's options; it reads only those given.
  await Parser.init(existsSync(own) ? { wasmBinary: new Uint8Array(await readFile(own)) } : undefined);
}

function parseWithin(parser: Parser, text: string, limitMs: number): Tree | undefined {
  const deadline = performance.now() + limitMs;
  try {
    const tree = parser.parse(text, null, { progressCallback: () => performance.now() > deadline });
    if (tree) return tree;
  } catch {
    // The parser ran out of memory or stack on this text: the caller falls back to indentation.
  }
  parser.reset();
  return undefined;
}
