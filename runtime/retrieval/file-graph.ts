/** Where code leads from one file to others, by what it imports and by what it uses: plain data. */

/** Of one file: the files that it leads to, and how strongly, > 0. */
export type Edges = ReadonlyMap<number, number>;

/** Edges in compressed rows: those of node i are `targets[starts[i] .. starts[i + 1]]`. */
export interface FileGraph {
  files: readonly string[];
  /** Index of each path in `files`. */
  nodes: ReadonlyMap<string, number>;
  /** [files + 1] */
  starts: Uint32Array;
  targets: Uint32Array;
  /** How often a reader who leaves the file goes there; each row's sum to 1. */
  shares: Float64Array;
}

/** Of a reader who leaves a file that has both, so many follow what it uses rather than what it imports. */
const REFERENCES = 0.5;

/** @param imports, references [files] */
export function fileGraph(
  files: readonly string[],
  imports: readonly Edges[],
  references: readonly Edges[],
): FileGraph {
  const rows = files.map((_, at) => mixed(imports[at]!, references[at]!));
  const starts = new Uint32Array(files.length + 1);
  for (const [at, row] of rows.entries()) starts[at + 1] = starts[at]! + row.size;
  const targets = new Uint32Array(starts.at(-1)!);
  const shares = new Float64Array(starts.at(-1)!);
  for (const [at, row] of rows.entries()) {
    targets.set([...row.keys()], starts[at]);
    shares.set([...row.values()], starts[at]);
  }
  return { files, nodes: new Map(files.map((file, at) => [file, at])), starts, targets, shares };
}

function mixed(imports: Edges, references: Edges): Edges {
  const row = new Map<number, number>();
  const add = (edges: Edges, share: number) => {
    const total = [...edges.values()].reduce((sum, weight) => sum + weight, 0);
    for (const [to, weight] of edges) row.set(to, (row.get(to) ?? 0) + (share * weight) / total);
  };
  const share = references.size === 0 ? 0 : imports.size === 0 ? 1 : REFERENCES;
  add(imports, 1 - share);
  add(references, share);
  return row;
}
