import { UserError } from '../protocol/errors';
import type { TextDocumentItem, TextEdit } from '../protocol/text';
import { TextBuffer } from './text-buffer';

/** A document that is open in the editor. */
export interface OpenDocument extends Omit<TextDocumentItem, 'text'> {
  text: TextBuffer;
}

/** The editor's open documents, kept in step by edits. */
export class Documents {
  private readonly byUri = new Map<string, OpenDocument>();

  open(item: TextDocumentItem): void {
    this.byUri.set(item.uri, { ...item, text: new TextBuffer(item.text) });
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
      document.text.replace(offset, length, text);
    }
    document.version = version;
  }

  close(uri: string): void {
    this.byUri.delete(uri);
  }

  get(uri: string): OpenDocument | undefined {
    return this.byUri.get(uri);
  }

  /** The open text of a file on disk, which may be ahead of the disk. */
  byPath(path: string): OpenDocument | undefined {
    for (const document of this.byUri.values()) if (document.path === path) return document;
    return undefined;
  }

  get size(): number {
    return this.byUri.size;
  }
}
