/** Where the user changed files last: what was just written in one file is often what the next one is changed for. */
import { shiftOffset } from '../completion/prompt';
import type { TextEdit } from '../protocol/text';
import type { OpenDocument } from './documents';

/** A piece of an open document that was changed, as it reads now. */
export interface EditedPassage {
  document: OpenDocument;
  /** Of its first line, from 0. */
  startLine: number;
  /** Whole lines, without the last one's end. */
  text: string;
}

interface EditedSpan {
  document: OpenDocument;
  start: number;
  end: number;
  /** Where the last edit ended. */
  last: number;
  /** The later, the higher. */
  turn: number;
}

/** Older ones say little of what is done now. */
const mostSpans = 8;
/** Edits that are this near to one another, in UTF-16 units, are one piece of work. */
const nearUnits = 300;
/** What is longer was pasted, generated or checked out, not written. */
const longestWritten = 4000;
/** Shown on either side of what was changed. */
const linesAround = 3;
/** Of a longer piece, so many lines on either side of its last edit. */
const linesEachSide = 10;
/** More of a line than this is not looked for. */
const longestLine = 400;

export class RecentEdits {
  /** In the order of their last edits. */
  private spans: EditedSpan[] = [];
  private turn = 0;

  /** After the document's text has changed by these edits. */
  changed(document: OpenDocument, edits: readonly TextEdit[]): void {
    for (const edit of edits) this.add(document, edit);
  }

  closed(document: OpenDocument): void {
    this.spans = this.spans.filter((span) => span.document !== document);
  }

  /** Another number, other passages for this document. */
  turnFor(uri: string): number {
    return this.spans.findLast(({ document }) => document.uri !== uri)?.turn ?? 0;
  }

  /** Of other documents than this one; latest first. */
  passagesFor(uri: string): EditedPassage[] {
    return this.spans
      .filter(({ document }) => document.uri !== uri)
      .map(passageOf)
      .reverse();
  }

  private add(document: OpenDocument, edit: TextEdit): void {
    const end = edit.offset + edit.text.length;
    let added: EditedSpan = { document, start: edit.offset, end, last: end, turn: ++this.turn };
    const others: EditedSpan[] = [];
    for (const span of this.spans) {
      const moved = span.document === document ? afterEdit(span, edit) : span;
      if (!moved) continue;
      if (moved.document === document && distance(moved, added) <= nearUnits)
        added = { ...added, start: Math.min(moved.start, added.start), end: Math.max(moved.end, added.end) };
      else others.push(moved);
    }
    const written = edit.text.length <= longestWritten;
    this.spans = [...others, ...(written ? [added] : [])].slice(-mostSpans);
  }
}

/** Undefined when the edit took it away. */
function afterEdit(span: EditedSpan, edit: TextEdit): EditedSpan | undefined {
  const editEnd = edit.offset + edit.length;
  if (edit.offset <= span.start && editEnd >= span.end) return undefined;
  const shift = edit.text.length - edit.length;
  const start = shiftOffset(span.start, edit) ?? edit.offset;
  const end = span.end <= edit.offset ? span.end : Math.max(span.end, editEnd) + shift;
  const last = Math.min(Math.max(shiftOffset(span.last, edit) ?? edit.offset, start), end);
  return { ...span, start, end, last };
}

function distance(a: EditedSpan, b: EditedSpan): number {
  return Math.max(0, a.start - b.end, b.start - a.end);
}

function passageOf({ document, start, end, last }: EditedSpan): EditedPassage {
  const { text } = document;
  const [from, to] = [linesBack(document, start, linesAround), linesOn(document, end, linesAround)];
  const begin = Math.max(from, linesBack(document, last, linesEachSide));
  const finish = Math.min(to, linesOn(document, last, linesEachSide));
  const startLine = text.slice(0, begin).split('\n').length - 1;
  return { document, startLine, text: text.slice(begin, finish) };
}

/** Start of the line that is `lines` before that of `offset`. */
function linesBack({ text }: OpenDocument, offset: number, lines: number): number {
  const begin = Math.max(0, offset - (lines + 1) * longestLine);
  const before = text.slice(begin, offset).split('\n');
  const kept = before.slice(-(lines + 1)).join('\n');
  return offset - kept.length;
}

/** End of the line that is `lines` after that of `offset`, without its line end. */
function linesOn({ text }: OpenDocument, offset: number, lines: number): number {
  const after = text.slice(offset, offset + (lines + 1) * longestLine).split('\n');
  return (
    offset +
    after
      .slice(0, lines + 1)
      .join('\n')
      .replace(/\r$/, '').length
  );
}
