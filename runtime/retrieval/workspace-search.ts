/** Search over all folders of a window: results of each, merged, under the paths that the user sees. */
import path from 'node:path';
import type { TextVector } from '../inference/text-encoder';
import type { IndexedFile } from '../protocol/index-status';
import type { LineRange } from '../protocol/text';
import type { FolderIndex } from './folder-index';
import type { SearchMethod } from './folder-search';
import { withLineFeeds } from './lines';
import type { Match } from './passages';
import { relativeTo } from './path-rules';
import { contentHash } from './text-file';

/** Passages that are looked at because their vectors are close to the question's. */
const CLOSE = 50;

/** A folder and the prefix of its files' display paths. */
export interface NamedFolder {
  index: FolderIndex;
  prefix: string;
}

export interface SearchResult {
  /** Absolute. */
  path: string;
  displayPath: string;
  languageId: string;
  range: LineRange;
  title?: string;
  kind: string;
  symbols: string[];
  /** With LF. */
  text: string;
  /** Of `text`: the same passage has the same hash wherever it stands. */
  hash: string;
  score: number;
}

/** A passage that resembles another text. */
export interface SimilarPassage {
  displayPath: string;
  startLine: number;
  /** With LF. */
  text: string;
  /** Against the text's likeness to itself, which is 1. */
  likeness: number;
}

/** Passages that lie close to a question, closest first, by the root of their workspace folder. */
export type ClosePassages = ReadonlyMap<string, readonly Match[]>;

export interface SearchPlaces {
  /** Workspace folders or folders within them, absolute; all when empty and no files are named. */
  folders: readonly string[];
  /** Files besides, absolute. Files whose names begin alike may come along. */
  files?: readonly string[];
}

export interface SearchScope extends SearchPlaces {
  limit: number;
  /** `hybrid` when absent. */
  method?: SearchMethod;
  /** To the question, where there is an encoder. */
  close?: ClosePassages;
}

/** The innermost folder that holds the file: it knows it best. */
export function folderOf(folders: readonly NamedFolder[], file: string): NamedFolder | undefined {
  return folders
    .filter(({ index }) => relativeTo(index.rules.root, file) !== undefined)
    .sort((a, b) => b.index.rules.root.length - a.index.rules.root.length)[0];
}

/** Best first. */
export function searchFolders(
  folders: readonly NamedFolder[],
  question: string,
  scope: SearchScope,
): SearchResult[] {
  const results = folders.flatMap(({ index, prefix }) => {
    const prefixes = prefixesWithin(index.rules.root, scope);
    if (prefixes.length === 0) return [];
    const close = scope.close && (scope.close.get(index.rules.root) ?? []);
    return index.answers
      .search(question, prefixes, scope.limit, scope.method, close)
      .map(({ item, score }): SearchResult => ({
        path: path.join(index.rules.root, item.path),
        displayPath: prefix + item.path,
        languageId: item.language,
        range: { startLine: item.startLine, endLine: item.endLine },
        title: item.title ?? undefined,
        kind: item.kind,
        symbols: item.symbols.split(' ').filter(Boolean),
        text: item.text,
        hash: contentHash(item.text),
        score,
      }));
  });
  // A folder may be open twice, by itself and within another.
  const seen = new Set<string>();
  return results
    .sort((a, b) => b.score - a.score)
    .filter((result) => {
      const key = `${result.path}\0${result.range.startLine}`;
      return !seen.has(key) && seen.add(key);
    })
    .slice(0, scope.limit);
}

/** For a search of the same places. */
export async function closeIn(
  folders: readonly NamedFolder[],
  vector: TextVector,
  places: SearchPlaces,
  signal: AbortSignal,
): Promise<ClosePassages> {
  const close = new Map<string, Match[]>();
  for (const { index } of folders) {
    const { root } = index.rules;
    const prefixes = prefixesWithin(root, places);
    if (prefixes.length > 0)
      close.set(root, await index.vectors.nearest(vector, { prefixes, limit: CLOSE, signal }));
  }
  return close;
}

/**
 * Passages of other files of the folder that resemble `text`, a piece of `file`.
 * @param read the file's text as it is now; undefined where it must not be read
 */
export async function similarIn(
  { index, prefix }: NamedFolder,
  file: string,
  text: string,
  languages: readonly string[],
  limit: number,
  read: (file: string) => Promise<string | undefined>,
): Promise<SimilarPassage[]> {
  const relative = relativeTo(index.rules.root, file);
  if (relative === undefined) return [];
  const passages: SimilarPassage[] = [];
  for (const found of await index.answers.similar(text, { exclude: relative, languages }, limit)) {
    // The index may be behind: the file as it is now says whether this may be read, and whether it is still there.
    const now = await read(path.join(index.rules.root, found.path));
    if (now === undefined || !withLineFeeds(now).includes(found.text)) continue;
    const { path: other, ...lines } = found;
    passages.push({ displayPath: prefix + other, ...lines });
  }
  return passages;
}

/** Every file of the folder that was met, with the reason where it was skipped. */
export function filesIn({ index, prefix }: NamedFolder): IndexedFile[] {
  return index.fileList().map((file) => ({
    path: path.join(index.rules.root, file.path),
    displayPath: prefix + file.path,
    chunks: file.chunks,
    ...(file.skipped && { skipped: file.skipped }),
  }));
}

/** Display paths of the folder's files that import `file`. */
export function importersIn({ index, prefix }: NamedFolder, file: string): string[] {
  const relative = relativeTo(index.rules.root, file);
  return relative ? index.answers.importersOf(relative).map((importer) => prefix + importer) : [];
}

/** The asked folders as prefixes relative to `root`: [''] when all of it is meant, [] when nothing of it is. */
function prefixesWithin(root: string, { folders, files = [] }: SearchPlaces): string[] {
  if (folders.length === 0 && files.length === 0) return [''];
  const within = files.map((file) => relativeTo(root, file)).filter((relative) => relative !== undefined);
  const prefixes = folders.flatMap((folder) => {
    const relative = relativeTo(root, folder);
    if (relative !== undefined) return relative === '' ? [''] : [`${relative}/`];
    // A folder around this one holds all of it.
    return relativeTo(folder, root) !== undefined ? [''] : [];
  });
  return prefixes.includes('') ? [''] : [...prefixes, ...within];
}
