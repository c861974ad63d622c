/** Where the names that a file imports are defined: one definition per name, behind any re-exports. */
import type { ImportReference, OutlineSymbol } from '../protocol/outline';
import { languageIdOf, outlineOf, type Outline } from '../syntax';
import { resolveImport, resolveSubmodule } from './resolve-import';
import { remembered, type SourceFiles } from './source-files';

export interface Definition {
  /** Of the defining file, relative to the workspace folder. */
  path: string;
  languageId: string;
  /** The defining file's lines, without their ends. */
  lines: readonly string[];
  symbol: OutlineSymbol;
  /** The import takes the whole module, of which this is one part. */
  ofModule: boolean;
}

/** `export * from` leads through files that only pass names on. */
const MAX_REEXPORTS = 4;
/** Of a module that is imported whole, this many of its exported symbols. */
const MAX_OF_MODULE = 12;
/** A file's imports beyond these are not looked up. */
const MAX_NAMES = 64;

interface Source extends Outline {
  lines: readonly string[];
}

/** In the order of the imports, each definition once. Names of packages and of files that must not be read are left out. */
export async function importedDefinitions(
  path: string,
  text: string,
  languageId: string,
  files: SourceFiles,
): Promise<Definition[]> {
  const lookUp = new LookUp(remembered(files), path);
  const { imports } = await outlineOf(text, languageId);
  const definitions: Definition[] = [];
  const seen = new Set<string>();
  let names = 0;
  for (const reference of imports) {
    for (const name of reference.names.length > 0 ? reference.names : ['*']) {
      if (++names > MAX_NAMES) return definitions;
      for (const found of await lookUp.find(reference.source, name, path, MAX_REEXPORTS)) {
        const key = `${found.path}\0${found.symbol.range.startLine}`;
        if (!seen.has(key)) definitions.push(found);
        seen.add(key);
      }
    }
  }
  return definitions;
}

class LookUp {
  private readonly sources = new Map<string, Promise<Source | undefined>>();

  constructor(
    private readonly files: SourceFiles,
    /** The importing file itself, which is in the prompt already. */
    private readonly own: string,
  ) {}

  /** @param name as the source exports it; 'default', or '*' for the module itself */
  async find(source: string, name: string, importer: string, depth: number): Promise<Definition[]> {
    const submodule = name === '*' ? undefined : await resolveSubmodule(source, name, importer, this.files);
    if (submodule) return this.moduleAt(submodule);
    const path = await resolveImport(source, importer, this.files);
    if (!path) return [];
    return name === '*' ? this.moduleAt(path) : this.definedIn(path, name, depth);
  }

  private async definedIn(path: string, name: string, depth: number): Promise<Definition[]> {
    const file = await this.source(path);
    if (!file || path === this.own) return [];
    const symbol =
      name === 'default' ? defaultExport(file.symbols) : file.symbols.find((each) => each.name === name);
    if (symbol) return [definition(path, file, symbol, false)];
    if (depth === 0) return [];
    for (const reference of passingOn(file.imports, name)) {
      const found = await this.find(reference.source, name, path, depth - 1);
      if (found.length > 0) return found;
    }
    return [];
  }

  private async moduleAt(path: string): Promise<Definition[]> {
    const file = await this.source(path);
    if (!file || path === this.own) return [];
    return file.symbols
      .filter(({ exported, kind }) => exported && kind !== 'section')
      .slice(0, MAX_OF_MODULE)
      .map((symbol) => definition(path, file, symbol, true));
  }

  private source(path: string): Promise<Source | undefined> {
    let source = this.sources.get(path);
    if (!source) this.sources.set(path, (source = this.outlined(path)));
    return source;
  }

  private async outlined(path: string): Promise<Source | undefined> {
    const text = await this.files.read(path);
    if (text === undefined) return undefined;
    return { ...(await outlineOf(text, languageIdOf(path))), lines: text.split(/\r\n?|\n/) };
  }
}

function definition(path: string, file: Source, symbol: OutlineSymbol, ofModule: boolean): Definition {
  return { path, languageId: file.languageId, lines: file.lines, symbol, ofModule };
}

/** References by which a file may have got the name: those that say it first, then those that take everything. */
function passingOn(imports: readonly ImportReference[], name: string): ImportReference[] {
  const named = imports.filter(({ names }) => names.includes(name));
  return named.length > 0 ? named : imports.filter(({ names }) => names.includes('*'));
}

function defaultExport(symbols: readonly OutlineSymbol[]): OutlineSymbol | undefined {
  return (
    symbols.find(({ signature, name }) => name === 'default' || /^export default\b/.test(signature)) ??
    // `export default name` stands apart from the declaration.
    symbols.find(({ signature, exported }) => exported && !/^export\b/.test(signature))
  );
}
