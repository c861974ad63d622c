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
  /** A renamed document is closed and opened, in whatever order. */
  private lastClosed: OpenDocument | undefined;

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
    this.lastClosed = this.byUri.get(uri);
    this.byUri.delete(uri);
  }

  /** Another document with the same text, open or just closed: what this one was before it was renamed, or a copy. */
  twinOf(document: OpenDocument): OpenDocument | undefined {
    const others = [...this.byUri.values(), ...(this.lastClosed ? [this.lastClosed] : [])];
    const alike = others.filter(
      ({ uri, text }) => uri !== document.uri && text.length > 0 && text.length === document.text.length,
    );
    if (alike.length === 0) return undefined;
    const text = document.text.toString();
    return alike.find((other) => other.text.toString() === text);
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
