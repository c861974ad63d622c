/** A file's text to its outline and chunks. The only place where retrieval meets the parsers. */
import type { FileOutline } from '../protocol/outline';
import { languageIdOf, outlineOf } from '../syntax';
import { chunksOf, type Chunk } from './chunking';
import { splitLines, withLineFeeds } from './lines';

export interface ChunkedFile {
  outline: FileOutline;
  chunks: Chunk[];
}

/** Any text; a file without a word gives no chunk. */
export async function chunkFile(text: string, language: string): Promise<ChunkedFile> {
  const plain = withLineFeeds(text);
  const outline = await outlineOf(plain, language);
  return { outline, chunks: chunksOf(outline, splitLines(plain).lines) };
}

/** VS Code's language id by the file's name. */
export function languageOf(path: string): string {
  return languageIdOf(path);
}
