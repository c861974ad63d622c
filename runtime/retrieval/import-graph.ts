/** Which file imports which. An import that may mean several files means those that lie nearest to it. */
import type { Edges } from './file-graph';
import { endsWithPath, folderOf, importTargets, moduleOf, type ImportTarget } from './imports';
import { turnKeeper } from './turns';

export interface ImportEdge {
  /** The importing file. */
  path: string;
  source: string;
  names: string;
}

/**
 * Edges from each file to those that it imports, all of one weight. Hands the thread back every few milliseconds; throws
 * when aborted.
 * @returns [files]
 */
export async function importEdges(
  files: readonly string[],
  imports: readonly ImportEdge[],
  signal?: AbortSignal,
): Promise<Edges[]> {
  const turn = turnKeeper();
  const nodes = new Map(files.map((file, at) => [file, at]));
  const places = new Places(files);
  const rows = files.map(() => new Map<number, number>());
  for (const { path, source, names } of imports) {
    const from = nodes.get(path);
    if (from === undefined) continue;
    for (const target of importTargets(source, names.split(' ').filter(Boolean), path))
      for (const to of places.nearest(target, path)) if (to !== from) rows[from]!.set(to, 1);
    if (turn.isOver()) await turn.next(signal);
  }
  return rows;
}

/** Finds files by what imports call them. */
class Places {
  private readonly modules: string[];
  private readonly byLastPart = new Map<string, number[]>();
  private readonly byFolder = new Map<string, number[]>();

  constructor(private readonly files: readonly string[]) {
    this.modules = files.map(moduleOf);
    for (const [at, module] of this.modules.entries()) {
      append(this.byLastPart, lastPart(module), at);
      append(this.byFolder, folderOf(files[at]!), at);
    }
  }

  nearest({ path, match }: ImportTarget, importer: string): number[] {
    if (match === 'folder') return this.folder(path);
    const found = (this.byLastPart.get(lastPart(path)) ?? []).filter((at) =>
      match === 'exact' ? this.modules[at] === path : endsWithPath(this.modules[at]!, path),
    );
    if (found.length < 2) return found;
    const shared = found.map((at) => sharedParts(this.files[at]!, importer));
    const most = Math.max(...shared);
    return found.filter((_, at) => shared[at] === most);
  }

  /** Files of the longest folder that the path ends in: `host/owner/repository/folder`. */
  private folder(path: string): number[] {
    for (let rest = path; rest !== ''; rest = rest.includes('/') ? rest.slice(rest.indexOf('/') + 1) : '') {
      const found = this.byFolder.get(rest);
      if (found) return found;
    }
    return [];
  }
}

function append(map: Map<string, number[]>, key: string, value: number): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

const lastPart = (path: string) => path.slice(path.lastIndexOf('/') + 1);

/** Folders that two paths have in common from the top. */
function sharedParts(a: string, b: string): number {
  const [x, y] = [a.split('/'), b.split('/')];
  let at = 0;
  while (at < x.length - 1 && at < y.length - 1 && x[at] === y[at]) at++;
  return at;
}
