/**
 * FAR: what the model reads of the file before the anchor. Bounded, because the embedded model gains 0.1 % from
 * anything more than 4,096 tokens away, and stable, because every change of its start is a chain read anew.
 */
import type { CutPlace } from '../protocol/prompt-format';
import { isCut, previousCut } from './cuts';
import { toLf } from './line-ends';

export interface FarLimits {
  /** A start that is in use is kept while FAR has at least this many tokens (and at most `max`). */
  keepTokens: number;
  /** A new start leaves at least this many. */
  minTokens: number;
  maxTokens: number;
}

/**
 * What a model that makes use of so many tokens is to have read. The start has half as much room again before it must move, so
 * that typing forward re-reads at most 2 tokens for each one typed; going up in the file it is kept down to three quarters.
 */
export function farLimits(tokens: number): FarLimits {
  return { keepTokens: 0.75 * tokens, minTokens: tokens, maxTokens: 1.5 * tokens };
}

/**
 * Of the embedded model: reading 4,096 tokens back is worth 9 % in bits per byte, more is worth nothing; with 3,072 the loss is
 * still below 1 %.
 */
export const FAR_LIMITS: FarLimits = farLimits(4096);

/** A file that was never read is answered from about 1,000 tokens, which take a second on two slow cores. */
export const QUICK_FAR_LIMITS: FarLimits = { keepTokens: 384, minTokens: 640, maxTokens: 960 };

export interface FarPrefix {
  ids: number[];
  /** Offset in the text where it begins. */
  start: number;
  /** Token counts at which a line ends. */
  lineEnds: number[];
  /** Those of them after which a top-level line begins. */
  definitions: number[];
}

interface Line {
  start: number;
  /** Offset of the line's first visible character. */
  textStart: number;
  text: string;
  ids: readonly number[];
  /** Tokens from this line's start to the anchor. */
  tokensToAnchor: number;
}

export function planFar(
  text: string,
  anchor: number,
  encode: (text: string) => readonly number[],
  limits: FarLimits,
  previousStart?: number,
  place?: CutPlace,
): FarPrefix {
  const lines = linesBack(text, anchor, encode, limits.maxTokens, place);
  const whole =
    anchor === 0 ||
    (lines.length > 0 && lines.at(-1)!.start === 0 && lines.at(-1)!.tokensToAnchor <= limits.maxTokens);
  const first = whole ? lines.length - 1 : chooseStart(text, lines, limits, previousStart, place);
  return join(lines.slice(0, first + 1).reverse(), anchor, encode, whole);
}

/** Lines from the anchor upwards, nearest first, until they pass `maxTokens` (that last one is included). */
function linesBack(
  text: string,
  anchor: number,
  encode: (text: string) => readonly number[],
  maxTokens: number,
  place: CutPlace | undefined,
): Line[] {
  const lines: Line[] = [];
  let tokens = 0;
  for (let end = anchor; end > 0 && tokens <= maxTokens;) {
    const start = previousCut(text, end, place);
    const raw = text.slice(start, end);
    const line = toLf(raw);
    const ids = encode(line);
    tokens += ids.length;
    const textStart = end - raw.trimStart().length;
    lines.push({ start, textStart, text: line, ids, tokensToAnchor: tokens });
    end = start;
  }
  return lines;
}

/**
 * Index of the line that FAR begins with. A new start is chosen by content, not by distance or offset: among the
 * candidates it is a top-level line if there is one, and of those the one whose text has the smallest hash. So a
 * cursor some lines further on, an insertion far above, and a restart of the editor all come to the same start.
 */
function chooseStart(
  text: string,
  lines: Line[],
  limits: FarLimits,
  previousStart: number | undefined,
  place: CutPlace | undefined,
): number {
  if (previousStart !== undefined && previousStart > 0) {
    const kept = lines.findIndex((line) => line.start === previousStart || line.textStart === previousStart);
    if (kept >= 0 && within(lines[kept]!, limits.keepTokens, limits.maxTokens)) return kept;
  }
  let best = -1;
  let bestRank = Infinity;
  for (const [index, line] of lines.entries()) {
    if (!within(line, limits.minTokens, limits.maxTokens) || !isCut(text, line.start, place)) continue;
    const rank = hash(line.text.trim()) + (isTopLevel(line.text) ? 0 : 2 ** 32);
    if (rank < bestRank) [best, bestRank] = [index, rank];
  }
  if (best >= 0) return best;
  // One line spans the whole zone (minified code): take the last line that still fits.
  const fitting = lines.filter((line) => line.tokensToAnchor <= limits.maxTokens).length;
  return fitting - 1;
}

function within(line: Line, min: number, max: number): boolean {
  return line.tokensToAnchor >= min && line.tokensToAnchor <= max;
}

function isTopLevel(line: string): boolean {
  return /^\n*[\p{L}@$_#]/u.test(line);
}

/** A FAR that begins within the file begins as a file does: with a top-level line's text, not with its newline. */
function join(
  lines: Line[],
  anchor: number,
  encode: (text: string) => readonly number[],
  whole: boolean,
): FarPrefix {
  const ids: number[] = [];
  const lineEnds: number[] = [];
  const definitions: number[] = [];
  let start = lines[0]?.start ?? anchor;
  for (const [index, line] of lines.entries()) {
    const opensFar = index === 0 && !whole && isTopLevel(line.text);
    const shown = opensFar ? encode(line.text.trimStart()) : line.ids;
    if (opensFar) start = line.textStart;
    if (index > 0 && isTopLevel(line.text)) definitions.push(ids.length);
    for (const id of shown) ids.push(id);
    lineEnds.push(ids.length);
  }
  return { ids, start, lineEnds, definitions };
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
