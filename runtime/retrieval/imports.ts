/**
 * Who imports whom. Sources are kept as written ('./x', 'package.module', '@/lib/y') and resolved when asked, since
 * the file they mean may come and go; the last part of the source finds the few that can be meant.
 */

/** File names that stand for their folder. */
const FOLDER_FILES = new Set(['index', '__init__', 'mod', 'main']);

/** Last part of an import's source, without extension: what the imported file or folder is called. */
export function importKey(source: string): string {
  const parts = sourceParts(source);
  return stripExtension(parts.at(-1) ?? '').toLowerCase();
}

/** Keys under which imports of this file (relative path) may be kept. */
export function keysOfFile(path: string): string[] {
  const parts = path.split('/');
  const stem = stripExtension(parts.at(-1)!).toLowerCase();
  const folder = parts.at(-2)?.toLowerCase();
  // A package's module may be a name taken from the package; `from . import x` has no last part at all.
  return [...new Set([stem, folder ?? '', ''])];
}

/** What an import can mean: files without extension, relative to the workspace folder. */
export interface ImportTarget {
  path: string;
  /** 'exact': this path. 'suffix': any path that ends in it. 'folder': every file of a folder that it ends in. */
  match: 'exact' | 'suffix' | 'folder';
}

/** Languages whose imports name what stands in a file together with the file: `java.util.List`, `crate::flags::Args`. */
const NAMES_IN_SOURCE = /\.(java|kt|kts|scala|php|cs|rs)$/i;

/** Does `source`, written in `importer`, mean the file `target`? Paths are relative to the workspace folder. */
export function importMeans(
  source: string,
  names: readonly string[],
  importer: string,
  target: string,
): boolean {
  const goal = moduleOf(target);
  return importTargets(source, names, importer).some(({ path, match }) => {
    if (match === 'exact') return path === goal;
    if (match === 'suffix') return endsWithPath(goal, path);
    const folder = folderOf(target);
    return folder !== '' && endsWithPath(path, folder);
  });
}

/** What a file is imported as: without its extension, and its folder's name where it stands for its folder. */
export function moduleOf(path: string): string {
  return withoutFolderFile(stripExtension(path));
}

/** Every file that `source` may mean; none for packages. */
export function importTargets(source: string, names: readonly string[], importer: string): ImportTarget[] {
  if (/\.pyi?$/.test(importer) && !source.includes('/')) return pythonTargets(source, names, importer);
  if (/^\.{1,2}(\/|$)/.test(source)) {
    const resolved = normalize(`${folderOf(importer)}/${source}`);
    return resolved === undefined ? [] : [{ path: moduleOf(resolved), match: 'exact' }];
  }
  if (importer.endsWith('.go')) return [{ path: source, match: 'folder' }];
  // C, PHP and Ruby name files beside the importer without a leading dot; others name them from some root of sources.
  const parts = sourceParts(source).join('/');
  const plain = moduleOf(parts.replace(/^(@|~|#|src|crate)\//, ''));
  const paths = plain !== '' && (plain.includes('/') || !isBarePackage(source, importer)) ? [plain] : [];
  if (NAMES_IN_SOURCE.test(importer))
    paths.push(...names.map((name) => `${plain}/${name.split('::')[0]!}`.replace(/^\//, '')));
  return paths.map((path) => ({ path, match: 'suffix' }));
}

/** `import x from 'x'` in JavaScript is a package, never a file. */
function isBarePackage(source: string, importer: string): boolean {
  return /\.[cm]?[jt]sx?$/.test(importer) && !/^[~#@]\//.test(source);
}

function pythonTargets(source: string, names: readonly string[], importer: string): ImportTarget[] {
  const dots = /^\.*/.exec(source)![0].length;
  const modules = source.slice(dots).split('.').filter(Boolean);
  let base = '';
  if (dots > 0) {
    const folders = folderOf(importer).split('/').filter(Boolean);
    if (dots - 1 > folders.length) return [];
    base = folders.slice(0, folders.length - (dots - 1)).join('/');
  }
  const path = [base, ...modules].filter(Boolean).join('/');
  const meant = [path, ...names.map((name) => [path, name].filter(Boolean).join('/'))];
  if (dots > 0) return meant.map((each) => ({ path: each, match: 'exact' }));
  return meant.filter((each) => each !== '').map((each) => ({ path: each, match: 'suffix' }));
}

function sourceParts(source: string): string[] {
  const separators = source.includes('/')
    ? '/'
    : source.includes('::')
      ? '::'
      : source.includes('\\')
        ? '\\'
        : undefined;
  if (separators)
    return source.split(separators).filter((part) => part !== '' && part !== '.' && part !== '..');
  // 'package.module' against 'file.ts': a known extension is none of a module's parts.
  return stripExtension(source).split('.').filter(Boolean);
}

function stripExtension(name: string): string {
  return name.replace(/(\.d)?\.([cm]?[jt]sx?|pyi?|go|rs|java|h|hh|hpp|c|cc|cpp|cxx|cs|rb|php|json|md)$/i, '');
}

function withoutFolderFile(path: string): string {
  const slash = path.lastIndexOf('/');
  if (!FOLDER_FILES.has(path.slice(slash + 1))) return path;
  return slash < 0 ? '' : path.slice(0, slash);
}

export const folderOf = (path: string) => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '');

export function endsWithPath(path: string, tail: string): boolean {
  return path === tail || path.endsWith(`/${tail}`);
}

/** Resolves '.' and '..'; undefined when it leaves the folder. */
export function normalize(path: string): string | undefined {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (parts.pop() === undefined) return undefined;
    } else parts.push(part);
  }
  return parts.join('/');
}
