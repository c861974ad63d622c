import { UserError } from '../protocol/errors';
import type { TextDocumentItem, TextEdit } from '../protocol/text';

/** The editor's open documents, kept in step by edits. */
export class Documents {
  private readonly byUri = new Map<string, TextDocumentItem>();

  open(item: TextDocumentItem): void {
    this.byUri.set(item.uri, { ...item });
  }

  /** @throws UserError when an edit lies outside the text, i.e. the two sides have lost step: the document is dropped */
  change(uri: string, version: number, edits: readonly TextEdit[]): void {
    const document = this.byUri.get(uri);
    if (!document) return;
    for (const { offset, length, text } of edits) {
      if (offset < 0 || length < 0 || offset + length > document.text.length) {
        this.byUri.delete(uri);
        throw new UserError(`An edit of ${document.displayPath} does not fit its text; open the file again.`);
      }
      document.text = document.text.slice(0, offset) + text + document.text.slice(offset + length);
    }
    document.version = version;
  }

  close(uri: string): void {
    this.byUri.delete(uri);
  }

  get(uri: string): TextDocumentItem | undefined {
    return this.byUri.get(uri);
  }

  /** The open text of a file on disk, which may be ahead of the disk. */
  byPath(path: string): TextDocumentItem | undefined {
    for (const document of this.byUri.values()) if (document.path === path) return document;
    return undefined;
  }

  get size(): number {
    return this.byUri.size;
  }
}
