/**
 * Which file of the workspace an import means, by trying the places that the language would try. (The index answers the
 * opposite question, see imports.ts: there every import is known and a file is asked for.)
 */
import { folderOf, normalize } from './imports';
import type { SourceFiles } from './source-files';
import { aliasTargets } from './tsconfig-paths';

/** Path of the file, relative to the workspace folder; undefined for packages and for what is not there. */
export async function resolveImport(
  source: string,
  importer: string,
  files: SourceFiles,
): Promise<string | undefined> {
  if (isPython(importer)) return resolvePython(source, importer, files);
  return isJavaScript(importer) ? resolveJavaScript(source, importer, files) : undefined;
}

/** A module of the package that `source` means: `from package import module`. */
export async function resolveSubmodule(
  source: string,
  name: string,
  importer: string,
  files: SourceFiles,
): Promise<string | undefined> {
  if (!isPython(importer)) return undefined;
  return resolvePython(/^\.*$/.test(source) ? `${source}${name}` : `${source}.${name}`, importer, files);
}

const isPython = (path: string) => /\.pyi?$/.test(path);
const isJavaScript = (path: string) => /\.[cm]?[jt]sx?$/.test(path);

const EXTENSIONS = ['.ts', '.tsx', '.d.ts', '.js', '.jsx', '.mts', '.cts', '.mjs', '.cjs'];
/** Sources name the file that will be built; what is there is the one it is built from. */
const BUILT_FROM: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx', '.js', '.jsx'],
  '.jsx': ['.tsx', '.jsx'],
  '.mjs': ['.mts', '.mjs'],
  '.cjs': ['.cts', '.cjs'],
};

async function resolveJavaScript(
  source: string,
  importer: string,
  files: SourceFiles,
): Promise<string | undefined> {
  const folder = folderOf(importer);
  const targets = /^\.{1,2}(\/|$)/.test(source)
    ? [normalize(`${folder}/${source}`)]
    : await aliasTargets(source, folder, files);
  for (const target of targets) {
    const found = target === undefined ? undefined : await firstOf(javaScriptFiles(target), files);
    if (found) return found;
  }
  return undefined;
}

function javaScriptFiles(target: string): string[] {
  const built = /\.[cm]?jsx?$/.exec(target)?.[0];
  const sources = built
    ? BUILT_FROM[built]!.map((extension) => target.slice(0, -built.length) + extension)
    : [];
  const exact = isJavaScript(target) ? [target] : [];
  const folder = target === '' ? '' : `${target}/`;
  return [
    ...sources,
    ...exact,
    ...EXTENSIONS.map((extension) => target + extension),
    ...EXTENSIONS.map((extension) => `${folder}index${extension}`),
  ];
}

async function resolvePython(
  source: string,
  importer: string,
  files: SourceFiles,
): Promise<string | undefined> {
  const dots = /^\.*/.exec(source)![0].length;
  const module = source.slice(dots).split('.').filter(Boolean).join('/');
  const roots =
    dots > 0
      ? [normalize(`${folderOf(importer)}/${'../'.repeat(dots - 1)}`)]
      : [await packageRoot(importer, files), '', 'src', 'lib'];
  for (const root of new Set(roots)) {
    if (root === undefined) continue;
    const target = [root, module].filter(Boolean).join('/');
    const folder = target === '' ? '' : `${target}/`;
    const found = await firstOf(
      [...(module ? [`${target}.py`, `${target}.pyi`] : []), `${folder}__init__.py`, `${folder}__init__.pyi`],
      files,
    );
    if (found) return found;
  }
  return undefined;
}

/** The folder that the importer's outermost package lies in: where absolute imports start from. */
async function packageRoot(importer: string, files: SourceFiles): Promise<string> {
  let folder = folderOf(importer);
  while (folder !== '' && (await files.read(`${folder}/__init__.py`)) !== undefined)
    folder = folderOf(folder);
  return folder;
}

async function firstOf(paths: readonly string[], files: SourceFiles): Promise<string | undefined> {
  for (const path of paths) if ((await files.read(path)) !== undefined) return path;
  return undefined;
}
