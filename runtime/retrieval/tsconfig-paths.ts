/** `compilerOptions.paths` and `baseUrl` of the nearest tsconfig.json or jsconfig.json. */
import type { SourceFiles } from './source-files';
import { isRecord } from '../protocol/json';

interface PathOptions {
  /** Folder (relative to the workspace) that the targets are relative to. */
  base: string;
  /** Whether a plain source may be meant from `base` on, without a pattern. */
  baseUrl: boolean;
  paths: Readonly<Record<string, readonly string[]>>;
}

/** Configurations that extend each other are followed this far. */
const MAX_EXTENDS = 4;

/** What `source` may mean in `folder` by the path options that hold there, most specific first; without extensions. */
export async function aliasTargets(source: string, folder: string, files: SourceFiles): Promise<string[]> {
  const options = await nearestOptions(folder, files);
  if (!options) return [];
  const matches = Object.entries(options.paths)
    .flatMap(([pattern, targets]) => {
      const star = matchPattern(pattern, source);
      return star === undefined ? [] : [{ length: pattern.length, targets, star }];
    })
    .sort((a, b) => b.length - a.length);
  const mapped = matches.flatMap(({ targets, star }) =>
    targets.map((target) =>
      joined(
        options.base,
        target.replace('*', () => star),
      ),
    ),
  );
  return options.baseUrl ? [...mapped, joined(options.base, source)] : mapped;
}

async function nearestOptions(folder: string, files: SourceFiles): Promise<PathOptions | undefined> {
  for (let at = folder; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
    for (const name of ['tsconfig.json', 'jsconfig.json']) {
      const text = await files.read(joined(at, name));
      if (text !== undefined) return optionsOf(text, at, files, MAX_EXTENDS);
    }
    if (at === '') return undefined;
  }
}

async function optionsOf(
  text: string,
  folder: string,
  files: SourceFiles,
  depth: number,
): Promise<PathOptions | undefined> {
  const config = parseJsonWithComments(text) as
    { extends?: unknown; compilerOptions?: { baseUrl?: unknown; paths?: unknown } } | undefined;
  const { baseUrl, paths } = config?.compilerOptions ?? {};
  if (typeof baseUrl === 'string' || isPaths(paths)) {
    return {
      base: typeof baseUrl === 'string' ? joined(folder, baseUrl) : folder,
      baseUrl: typeof baseUrl === 'string',
      paths: isPaths(paths) ? paths : {},
    };
  }
  const parent = config?.extends;
  if (depth === 0 || typeof parent !== 'string' || !parent.startsWith('.')) return undefined;
  const file = joined(folder, parent.endsWith('.json') ? parent : `${parent}.json`);
  const parentText = await files.read(file);
  return parentText === undefined ? undefined : optionsOf(parentText, folderOf(file), files, depth - 1);
}

function isPaths(value: unknown): value is Record<string, string[]> {
  return (
    isRecord(value) &&
    Object.values(value).every(
      (targets) => Array.isArray(targets) && targets.every((target) => typeof target === 'string'),
    )
  );
}

/** What the pattern's star stands for ('' where it has none); undefined when it does not match. */
function matchPattern(pattern: string, source: string): string | undefined {
  const star = pattern.indexOf('*');
  if (star < 0) return pattern === source ? '' : undefined;
  const [head, tail] = [pattern.slice(0, star), pattern.slice(star + 1)];
  const fits = source.length >= head.length + tail.length && source.startsWith(head) && source.endsWith(tail);
  return fits ? source.slice(head.length, source.length - tail.length) : undefined;
}

/** Comments and trailing commas are allowed; undefined for what is not JSON even so. */
function parseJsonWithComments(text: string): unknown {
  const plain = text
    .replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, string?: string) => string ?? '')
    .replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, (_, string?: string) => string ?? '');
  try {
    const value: unknown = JSON.parse(plain.replace(/^\uFEFF/, ''));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const folderOf = (file: string) => file.slice(0, Math.max(0, file.lastIndexOf('/')));

/** `path` from `folder` on, '.' and '..' resolved as far as the workspace goes. */
function joined(folder: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${folder}/${path}`.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}
