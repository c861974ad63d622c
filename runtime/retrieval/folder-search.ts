/** What the index of one folder answers. */
import { fileGraph, type FileGraph } from './file-graph';
import type { FolderStore } from './folder-store';
import { importEdges } from './import-graph';
import { importMeans, keysOfFile } from './imports';
import type { Match } from './passages';
import type { Ranked } from './ranking';
import { referenceEdges } from './references';
import { searchPassages, type FoundChunk } from './search';
import { mostSimilar, proposeSimilar, type SimilarLines, type SimilarOptions } from './similar';

/** `lexical`: by words alone; `hybrid`: with the graph of files, what passages use and, where there is one, the question's vector; `vector`: by that alone. */
export type SearchMethod = 'lexical' | 'hybrid' | 'vector';

export class FolderSearch {
  private graph: FileGraph | undefined;
  /** Revision of the store that the graph was made of. */
  private graphRevision = -1;

  constructor(private readonly store: FolderStore) {}

  /**
   * The graph takes part once it was built; words alone decide until then, or where they should.
   * @param close passages whose vectors are close to the question's, closest first
   */
  search(
    question: string,
    prefixes: readonly string[],
    limit: number,
    method: SearchMethod = 'hybrid',
    close?: readonly Match[],
  ): Ranked<FoundChunk>[] {
    const graph = method === 'hybrid' ? this.graph : undefined;
    return this.store.read((store) => {
      const words = method === 'vector' ? '' : question;
      return searchPassages(store, words, { prefixes, limit, graph, close });
    }, []);
  }

  get needsGraph(): boolean {
    return this.graphRevision !== this.store.revision;
  }

  /** Learns which files import and use which by now. */
  async buildGraph(signal: AbortSignal): Promise<void> {
    const { revision } = this.store;
    const found = this.store.read(
      (store) => ({ imports: store.imports(), files: [...store.files()] }),
      undefined,
    );
    if (!found) return;
    const files = found.files.filter(([, { skipped }]) => !skipped).map(([file]) => file);
    const names = {
      definedIn: (file: string) => this.store.read((store) => store.names.definedIn(file), []),
      usedIn: (file: string) => this.store.read((store) => store.names.usedIn(file), []),
    };
    const imports = await importEdges(files, found.imports, signal);
    this.graph = fileGraph(files, imports, await referenceEdges(files, names, signal));
    this.graphRevision = revision;
  }

  /** Passages of other files that resemble `text`. */
  async similar(text: string, options: SimilarOptions, limit: number): Promise<SimilarLines[]> {
    const proposal = this.store.read((store) => proposeSimilar(store.passages, text, options), undefined);
    return proposal ? mostSimilar(proposal, limit) : [];
  }

  /** Relative paths of the files that import this one. */
  importersOf(relative: string): string[] {
    const found = this.store.current
      .importsByKey(keysOfFile(relative))
      .filter((entry) =>
        importMeans(entry.source, entry.names.split(' ').filter(Boolean), entry.path, relative),
      )
      .map((entry) => entry.path);
    return [...new Set(found)].filter((importer) => importer !== relative).sort();
  }
}
