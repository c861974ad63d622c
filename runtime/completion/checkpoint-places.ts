/**
 * Where along a long text a checkpoint is left while it is read: close together near its end, where one edits, and thinner
 * with distance; at the beginnings of top-level definitions where there are any, since an edit within one leaves what stands
 * before it alone.
 */

/** Tokens between checkpoints near the end: an edit there re-reads at most so many. */
export const NEAR_SPACING = 512;
/** Farther away the spacing is this share of the distance, so that going back costs a share of what it spares. */
const SPACING_SHARE = 1 / 4;
/** A place within this share of the spacing may be preferred to the farthest one. */
const PREFERRED_SHARE = 1 / 2;
/** A beginning that is shorter is read again sooner than resumed. */
const SHORTEST_TOKENS = 64;

export interface LongText {
  /** Tokens before the text's own: header and neighbours. */
  header: number;
  /** Tokens of header and text together. */
  end: number;
  /** Lengths at which a line ends, ascending, from the beginning of the header. */
  lineEnds: readonly number[];
  /** Those of them after which a top-level line begins. */
  definitions: readonly number[];
}

/** Lengths in tokens, ascending; the last one is the end. */
export function checkpointPlaces({ header, end, lineEnds, definitions }: LongText): number[] {
  const places: number[] = [];
  if (header >= SHORTEST_TOKENS && header < end) places.push(header);
  for (let at = header; ;) {
    const spacing = Math.max(NEAR_SPACING, (end - at) * SPACING_SHARE);
    if (end - at <= spacing) break;
    const preferred = last(definitions, at + spacing * PREFERRED_SHARE, at + spacing);
    // A line that is longer than the spacing is passed whole.
    const next = preferred ?? last(lineEnds, at + 1, at + spacing) ?? lineEnds.find((place) => place > at);
    if (next === undefined || next >= end) break;
    places.push(next);
    at = next;
  }
  if (end > 0) places.push(end);
  return places;
}

/** The last of `places` within the bounds, both included. */
function last(places: readonly number[], from: number, to: number): number | undefined {
  return places.findLast((place) => place >= from && place <= to);
}
