/** Newline runs start a new piece: a cut before one is a cut between tokens for the tokenisers of code models that we use. */
const pieces = /[\r\n]*[^\r\n]+|[\r\n]+/g;

/** Longer pieces (minified code) are encoded each time rather than kept. */
const longestKept = 2048;

/**
 * Encodes text line by line and remembers what it made of each line, so that a long file costs little after an edit.
 * Only right for tokenisers that never join a newline with what stands before it.
 */
export class EncodeCache {
  // Two generations: when the young one is full it becomes the old one, and what was not used again is forgotten.
  private young = new Map<string, readonly number[]>();
  private old = new Map<string, readonly number[]>();

  /** @param capacity pieces in one generation */
  constructor(
    private readonly encodePiece: (piece: string) => number[],
    private readonly capacity = 20_000,
  ) {}

  encode(text: string): number[] {
    const ids: number[] = [];
    for (const [piece] of text.matchAll(pieces)) for (const id of this.piece(piece)) ids.push(id);
    return ids;
  }

  private piece(piece: string): readonly number[] {
    const known = this.young.get(piece);
    if (known) return known;
    const ids = this.old.get(piece) ?? this.encodePiece(piece);
    if (piece.length <= longestKept) this.keep(piece, ids);
    return ids;
  }

  private keep(piece: string, ids: readonly number[]): void {
    if (this.young.size >= this.capacity) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(piece, ids);
  }
}
