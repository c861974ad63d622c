import type { CutPlace } from '../protocol/prompt-format';

/** Where a tokeniser lets a text be cut, it is cut into lines: each run of newlines (blank lines included) begins one, or ends one. */
const pieces: Record<CutPlace, RegExp> = {
  'before-newlines': /[\r\n]*[^\r\n]+|[\r\n]+/g,
  'after-newlines': /[^\r\n]*(?:[\r\n]+(?:[^\S\r\n]+(?=[\r\n]))?)+|[^\r\n]+/g,
};

/** Longer pieces (minified code) are encoded each time rather than kept. */
const longestKept = 2048;

/**
 * Encodes text line by line and remembers what it made of each line, so that a long file costs little after an edit.
 * Only right for tokenisers that join nothing across a cut.
 */
export class EncodeCache {
  // Two generations: when the young one is full it becomes the old one, and what was not used again is forgotten.
  private young = new Map<string, readonly number[]>();
  private old = new Map<string, readonly number[]>();

  /** @param capacity pieces in one generation */
  constructor(
    private readonly encodePiece: (piece: string) => number[],
    private readonly cut: CutPlace,
    private readonly capacity = 20_000,
  ) {}

  encode(text: string): number[] {
    const ids: number[] = [];
    for (const [piece] of text.matchAll(pieces[this.cut])) for (const id of this.piece(piece)) ids.push(id);
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
