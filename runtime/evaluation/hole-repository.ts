/** Which other files go with a hole: those that its imports lead to, then its nearest neighbours, within a bound. */
import { importedDefinitions, type SourceFiles } from '../retrieval';
import type { Hole } from './hole';

/** UTF-16 units of other files in one hole. */
export const REPOSITORY_UNITS = 100_000;
/** Files that tell nothing but that they are there (a package's empty `__init__.py`) cost this much. */
const FILE_COST = 100;
/** With no more than this share left, no further file is looked for. */
const FULL_ENOUGH = 0.02;

/** @param files the repository as the editor may read it; @param sources paths of its files of code */
export async function withRepository(
  hole: Hole,
  files: SourceFiles,
  sources: readonly string[],
  units = REPOSITORY_UNITS,
): Promise<Hole> {
  const read = new Map<string, string>();
  const recording: SourceFiles = {
    async read(path) {
      const text = await files.read(path);
      if (text !== undefined) read.set(path, text);
      return text;
    },
  };
  await importedDefinitions(hole.path, hole.before + hole.after, hole.language, recording);
  const paths = [...read.keys(), ...nearestFirst(hole.path, sources).filter((path) => !read.has(path))];
  const repo: Hole['repo'] = [];
  let left = units;
  for (const path of paths) {
    if (left < units * FULL_ENOUGH) break;
    // The file with the hole would tell what stood in it.
    if (path === hole.path) continue;
    const text = read.get(path) ?? (await files.read(path));
    if (text === undefined || text.length + FILE_COST > left) continue;
    left -= text.length + FILE_COST;
    repo.push({ path, text });
  }
  return { ...hole, repo };
}

/** By the number of folders between them, then by path. */
function nearestFirst(path: string, sources: readonly string[]): string[] {
  const folders = path.split('/').slice(0, -1);
  const distance = (other: string) => {
    const others = other.split('/').slice(0, -1);
    let shared = 0;
    while (shared < folders.length && folders[shared] === others[shared]) shared++;
    return folders.length + others.length - 2 * shared;
  };
  return sources
    .map((source) => ({ source, distance: distance(source) }))
    .sort((a, b) => a.distance - b.distance || (a.source < b.source ? -1 : 1))
    .map(({ source }) => source);
}
