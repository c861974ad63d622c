/**
 * Which file uses what another one defines, by name alone: an identifier that few files define means these. It tells
 * where code leads to in languages whose imports name no file (packages, namespaces, headers).
 */
import type { Edges } from './file-graph';
import { isTestPath } from './ranking';
import { turnKeeper } from './turns';

/** Shorter names are common, and mean something else in every file. */
const SHORTEST = 4;
/** Longer runs are data. */
const LONGEST = 80;
/** Where more files define a name, nothing says which one is meant. */
const MOST_DEFINERS = 5;
/** Of a file's edges the heaviest stay, which bounds what a walk costs. */
const MOST_EDGES = 20;

/** What the index knows of the names in a file. */
export interface FileNames {
  /** Those that other files may mean. */
  definedIn(path: string): readonly string[];
  /** Identifiers of its text, each once. */
  usedIn(path: string): readonly string[];
}

/** Language ids whose texts use no names of code, whatever words they share with it. */
const PROSE_AND_DATA = new Set(
  (
    'markdown restructuredtext plaintext latex log diff json jsonc ipynb yaml toml ini properties xml html css scss ' +
    'less'
  ).split(' '),
);

export const isCode = (languageId: string) => !PROSE_AND_DATA.has(languageId);

/** The identifiers of a text that may be names from elsewhere, each once. */
export function identifiersIn(text: string): Set<string> {
  const found = new Set<string>();
  for (const name of text.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? [])
    if (name.length >= SHORTEST && name.length <= LONGEST) found.add(name);
  return found;
}

/** What stands in a text for the symbol of this name: `area` for `Shape::area`, `accept` for `accept?`. */
export function calledName(symbol: string): string {
  return /[\p{L}_$][\p{L}\p{N}_$]*(?=[^\p{L}\p{N}_$]*$)/u.exec(symbol)?.[0] ?? '';
}

/**
 * Edges from each file to those that define what it uses. A name weighs by how few files use it (inverse document
 * frequency), shared among the files that define it. Tests define nothing for others. Hands the thread back every few
 * milliseconds; throws when aborted.
 * @returns [files]
 */
export async function referenceEdges(
  files: readonly string[],
  names: FileNames,
  signal?: AbortSignal,
): Promise<Edges[]> {
  const turn = turnKeeper();
  const definers = new Map<string, number[]>();
  for (const [at, file] of files.entries()) {
    if (turn.isOver()) await turn.next(signal);
    if (isTestPath(file)) continue;
    for (const name of new Set(names.definedIn(file).map(calledName))) {
      const others = definers.get(name);
      if (!others) definers.set(name, [at]);
      else if (others.length <= MOST_DEFINERS) others.push(at);
    }
  }

  // Numbers instead of names: the texts that these are cut out of can go.
  const known = [...definers].filter(
    ([name, { length }]) => name.length >= SHORTEST && length <= MOST_DEFINERS,
  );
  const numbers = new Map(known.map(([name], number) => [name, number]));
  const users = new Uint32Array(known.length);
  const uses: Uint32Array[] = [];
  for (const file of files) {
    if (turn.isOver()) await turn.next(signal);
    const used = Uint32Array.from(names.usedIn(file).flatMap((name) => numbers.get(name) ?? []));
    for (const number of used) users[number]!++;
    uses.push(used);
  }

  const edges: Edges[] = [];
  for (const [from, used] of uses.entries()) {
    if (turn.isOver()) await turn.next(signal);
    const row = new Map<number, number>();
    for (const number of used) {
      const those = known[number]![1];
      // What a file defines itself it means itself.
      if (those.includes(from)) continue;
      const weight = Math.log(1 + files.length / users[number]!) / those.length;
      for (const to of those) row.set(to, (row.get(to) ?? 0) + weight);
    }
    edges.push(heaviest(row));
  }
  return edges;
}

function heaviest(row: Map<number, number>): Edges {
  if (row.size <= MOST_EDGES) return row;
  return new Map([...row].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, MOST_EDGES));
}
