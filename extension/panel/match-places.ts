import type { Place } from '../../runtime/protocol/conversation';

/** A file or a folder that a question can name. */
export type NamedPlace = Pick<Place, 'path' | 'displayPath'>;

/** The files and folders that a "#" query means, best first, each named by its path within the workspace. */
export function matchPlaces(files: readonly NamedPlace[], query: string, limit: number): Place[] {
  const wanted = query.toLowerCase();
  const candidates: Place[] = [
    ...foldersOf(files).map((place) => ({ kind: 'folder' as const, ...place })),
    ...files.map(({ path, displayPath }) => ({ kind: 'file' as const, path, displayPath })),
  ];
  return candidates
    .map((place) => ({ place, rank: rankOf(place.displayPath.toLowerCase(), wanted) }))
    .filter(({ rank }) => rank < nothing)
    .sort(
      (a, b) =>
        a.rank - b.rank ||
        a.place.displayPath.length - b.place.displayPath.length ||
        (a.place.displayPath < b.place.displayPath ? -1 : 1),
    )
    .slice(0, limit)
    .map(({ place }) => place);
}

const nothing = 5;

/** The name as a whole, its beginning, a part of it, a part of the path, letters in order; a smaller rank is better. */
function rankOf(path: string, wanted: string): number {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name === wanted || name.replace(/\.[^.]+$/, '') === wanted) return 0;
  if (name.startsWith(wanted)) return 1;
  if (name.includes(wanted)) return 2;
  if (path.includes(wanted)) return 3;
  return isSubsequence(wanted, name) ? 4 : nothing;
}

function isSubsequence(wanted: string, name: string): boolean {
  let at = 0;
  for (const character of wanted) {
    at = name.indexOf(character, at) + 1;
    if (at === 0) return false;
  }
  return wanted.length > 1;
}

/** Each by what is left of a file's two paths without what lies below the folder. */
function foldersOf(files: readonly NamedPlace[]): NamedPlace[] {
  const folders = new Map<string, string>();
  for (const { path, displayPath } of files)
    for (
      let slash = displayPath.lastIndexOf('/');
      slash > 0;
      slash = displayPath.lastIndexOf('/', slash - 1)
    ) {
      const folder = displayPath.slice(0, slash);
      if (folders.has(folder)) break;
      folders.set(folder, path.slice(0, path.length - (displayPath.length - slash)));
    }
  return [...folders].map(([displayPath, path]) => ({ path, displayPath }));
}
