/** Pieces are about this long, in UTF-16 units: an edit copies one of them, a look around the cursor a few. */
const pieceUnits = 16_384;

/** A text under edits, in pieces: what an edit and a look at a part cost does not depend on the text's length. */
export class TextBuffer {
  private readonly pieces: string[];
  private units: number;

  constructor(text: string) {
    this.pieces = cut(text);
    this.units = text.length;
  }

  /** UTF-16 units. */
  get length(): number {
    return this.units;
  }

  /** Puts `text` in the place of `length` units at `offset`; both must lie within the text. */
  replace(offset: number, length: number, text: string): void {
    const [first, start] = this.find(offset);
    let [last, end] = [first, start];
    // All pieces that the removed part touches become one, and that is cut anew.
    while (last < this.pieces.length - 1 && end + this.pieces[last]!.length < offset + length)
      end += this.pieces[last++]!.length;
    const head = this.pieces[first]!.slice(0, offset - start);
    const tail = this.pieces[last]!.slice(offset + length - end);
    this.pieces.splice(first, last - first + 1, ...cut(head + text + tail));
    this.units += text.length - length;
  }

  /** The text between two offsets, which may lie outside it. */
  slice(from = 0, to = this.units): string {
    const [begin, end] = [Math.max(0, from), Math.min(to, this.units)];
    if (begin >= end) return '';
    let [at, start] = this.find(begin);
    const parts: string[] = [];
    for (; start < end; start += this.pieces[at++]!.length)
      parts.push(this.pieces[at]!.slice(Math.max(0, begin - start), end - start));
    return parts.join('');
  }

  toString(): string {
    return this.pieces.join('');
  }

  /** Index of the piece that holds `offset` (the last one for the text's end), and where it starts. */
  private find(offset: number): [number, number] {
    let start = 0;
    for (let i = 0; i < this.pieces.length - 1; i++) {
      const { length } = this.pieces[i]!;
      if (offset < start + length) return [i, start];
      start += length;
    }
    return [this.pieces.length - 1, start];
  }
}

/** At least one piece, none longer than twice `pieceUnits`. */
function cut(text: string): string[] {
  if (text.length <= 2 * pieceUnits) return [text];
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += pieceUnits) pieces.push(text.slice(at, at + pieceUnits));
  return pieces;
}
