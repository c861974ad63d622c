/**
 * The parts of a prompt; prompt-layout.ts puts them into the model's order. For the embedded model, which was trained for
 * anchored fill-in-the-middle, that is
 *
 *   <|file|><|path|>PATH\n FAR <|fim_suffix|> SUFFIX <|fim_prefix|> NEAR <|fim_middle|>
 *
 * (spaces typographic). FAR ends at the anchor, some 64 to 192 tokens before the cursor. It is a chain that
 * states are kept along; SUFFIX and NEAR are read again only when the anchor moves or the text after the cursor
 * changes, and typing forward appends to NEAR. So the plan's first duty is to be stable: the same text, and the
 * same text with some characters more, must give the same FAR and the same anchor.
 *
 * Half-typed words are not healed (no token is taken back from the prompt): training cut its holes at any
 * character and encoded the sides apart, so a half word before the cursor is what the model knows. The one
 * exception is white space: NEAR is encoded whole each time, because an indentation belongs to the token of the
 * newline before it, and a blank line's missing indentation is supplied (see indentation.ts).
 */
import type { CutPlace, PromptFormat } from '../protocol/prompt-format';
import { isCut, nextCut, previousCut } from './cuts';
import { planFar, QUICK_FAR_LIMITS, type FarLimits, type FarPrefix } from './far-prefix';
import { missingIndentation } from './indentation';
import { toLf } from './line-ends';

/** Ids of plain text. Called with one line at a time for FAR and SUFFIX: an encoder that caches pays for new lines only. */
export type Encode = (text: string) => readonly number[];

export interface PromptLimits {
  /** 192 for striped-code. */
  maxSuffixTokens: number;
  /** 192 for striped-code. */
  maxNearTokens: number;
  far: FarLimits;
}

/** Another file's text that stands before this file's header, as in training. */
export interface NeighbourText {
  displayPath: string;
  text: string;
}

export interface PromptInput {
  displayPath: string;
  /** Text before the cursor, any line ends. */
  before: string;
  after: string;
  encode: Encode;
  format: PromptFormat;
  /** Where the tokeniser lets a text be cut. */
  cut?: CutPlace;
  limits: PromptLimits;
  /** Kept while it fits. */
  previous?: Partial<PreviousPlan> | undefined;
  neighbours?: readonly NeighbourText[];
}

/** What the last plan for this document hands on; offsets moved by the edits since then (see `shiftOffset`). */
export interface PreviousPlan {
  anchor: number;
  farStart: number;
  /** The far prefix itself, where the text before the anchor is the same as then: it is not tokenised again. */
  far?: FarPrefix | undefined;
}

export interface PromptPlan {
  /** Neighbours, then `<|file|><|path|>PATH\n`, for models that were trained to see them. */
  header: number[];
  far: number[];
  suffix: number[];
  near: number[];
  /** What the embedded model's middle is made to begin with, after `<|fim_middle|>`: see `openingOf`. Part of `before`, not of the answer. */
  opening: number[];
  /** Offset in `before` where NEAR begins. */
  anchor: number;
  /** Offset in `before` where FAR begins: 0 unless the file is long. */
  farStart: number;
  /** Lengths of `far` (in tokens) at which a line ends: where a checkpoint is worth keeping. Ascending. */
  farLineEnds: number[];
  /** Those of them after which a top-level line begins. */
  farDefinitions: number[];
  /** Indentation that NEAR has and the document lacks: put it in front of the answer's text. */
  missingIndentation: string;
}

/** When the anchor must move, NEAR becomes about this long: far from its limit, and with the line's surroundings in it. */
export const NEAR_TARGET_TOKENS = 64;
/** No token of code is longer on average; spares encoding a NEAR that cannot fit. */
const MAX_UNITS_PER_TOKEN = 32;

/** The prompt at a cursor. Costs the encoding of new lines and of NEAR, whatever the file's length. */
export function planPrompt(input: PromptInput): PromptPlan {
  const { before, after, encode, limits, cut, format } = input;
  const indentation = missingIndentation(before, after);
  const encodeNear = (from: number) => encode(toLf(before.slice(from)) + indentation);

  const kept = keepAnchor(before, input.previous?.anchor, limits.maxNearTokens, encodeNear, cut);
  const anchor = kept?.anchor ?? placeAnchor(before, limits.maxNearTokens, encode, cut);
  const opens = format.kind === 'anchored-fim';
  const opening = opens ? encode(openingOf(toLf(before.slice(anchor)) + indentation)) : [];
  const near = kept?.near ?? encodeNear(anchor);
  const far =
    (kept && input.previous?.far) ??
    planFar(before, anchor, encode, limits.far, input.previous?.farStart, cut);
  return {
    header: encodeHeader(input),
    far: far.ids,
    suffix: encodeSuffix(after, limits.maxSuffixTokens, encode, cut),
    near: near.slice(-limits.maxNearTokens, near.length - opening.length),
    opening: [...opening],
    anchor,
    farStart: far.start,
    farLineEnds: far.lineEnds,
    farDefinitions: far.definitions,
    missingIndentation: indentation,
  };
}

/**
 * The prompt for a file whose FAR is not held in any state yet: header, the nearest ~1,000 tokens, suffix. The
 * same plan with a short FAR; suggestions made with it are marked "still reading".
 */
export function planQuickPrompt(
  input: Omit<PromptInput, 'limits'> & { limits: Omit<PromptLimits, 'far'> },
): PromptPlan {
  const { previous, limits } = input;
  // The far prefix is another one here, and other files can wait until there is time to read them.
  const kept = previous && { ...previous, far: undefined };
  return planPrompt({
    ...input,
    neighbours: [],
    previous: kept,
    limits: { ...limits, far: QUICK_FAR_LIMITS },
  });
}

/** What the next plan for the document can go on from. */
export function handOn({ anchor, far, farStart, farLineEnds, farDefinitions }: PromptPlan): PreviousPlan {
  return {
    anchor,
    farStart,
    far: { ids: far, start: farStart, lineEnds: farLineEnds, definitions: farDefinitions },
  };
}

/**
 * The newline run and the indentation that NEAR ends with, when the cursor's line is blank up to it. Training cut its
 * holes before newline runs, so that a new line's text always came after its newline within the middle. Given to the
 * model in that place, whole lines and blocks come out closer to what stood there (edit similarity 0.37 against 0.32
 * on 100 held-out ones) than with the newline in NEAR.
 */
function openingOf(near: string): string {
  return /\n+[ \t]*$/.exec(near)?.[0] ?? '';
}

/** Where `offset` lies after an edit: moved by edits before it, nothing (undefined) when the edit swallowed it. */
export function shiftOffset(
  offset: number,
  edit: { offset: number; length: number; text: string },
): number | undefined {
  if (offset <= edit.offset) return offset;
  if (offset < edit.offset + edit.length) return undefined;
  return offset + edit.text.length - edit.length;
}

function encodeHeader({ neighbours = [], displayPath, encode, format }: PromptInput): number[] {
  if (format.kind !== 'anchored-fim') return [];
  // Path and text are encoded apart: the header's newline never merges with newlines that begin the text.
  const fileHeader = (path: string) => [format.file, format.path, ...encode(`${path}\n`)];
  return [
    ...neighbours.flatMap((other) => [...fileHeader(other.displayPath), ...encode(toLf(other.text))]),
    ...fileHeader(displayPath),
  ];
}

function keepAnchor(
  before: string,
  anchor: number | undefined,
  maxTokens: number,
  encodeNear: (from: number) => readonly number[],
  cut: CutPlace | undefined,
): { anchor: number; near: readonly number[] } | undefined {
  if (anchor === undefined || anchor > before.length) return undefined;
  if (before.length - anchor > maxTokens * MAX_UNITS_PER_TOKEN) return undefined;
  // Inside an overlong line there is no better cut to be had: any place that was chosen before will do.
  const usable =
    isCut(before, anchor, cut) || (anchor === before.length ? false : !/[\r\n]/.test(before.slice(anchor)));
  if (!usable) return undefined;
  const near = encodeNear(anchor);
  return near.length <= maxTokens ? { anchor, near } : undefined;
}

/** The nearest cut that gives NEAR its target, or the farthest one within its limit when a long line is in the way. */
function placeAnchor(before: string, maxTokens: number, encode: Encode, place: CutPlace | undefined): number {
  let anchor = before.length;
  for (let tokens = 0; anchor > 0 && tokens < NEAR_TARGET_TOKENS;) {
    const cut = previousCut(before, anchor, place);
    tokens += encode(toLf(before.slice(cut, anchor))).length;
    if (tokens > maxTokens)
      return anchor < before.length ? anchor : cutByTokens(before, cut, maxTokens, encode);
    anchor = cut;
  }
  return anchor;
}

/** The cursor's line alone is longer than NEAR may be: halve until it fits, at a space where there is one. */
function cutByTokens(before: string, from: number, maxTokens: number, encode: Encode): number {
  let start = from;
  while (encode(toLf(before.slice(start))).length > maxTokens) {
    const middle = start + Math.ceil((before.length - start) / 2);
    const space = before.indexOf(' ', middle);
    start = space > 0 ? space : middle;
  }
  return start;
}

function encodeSuffix(after: string, maxTokens: number, encode: Encode, cut: CutPlace | undefined): number[] {
  const ids: number[] = [];
  for (let start = 0; start < after.length && ids.length < maxTokens;) {
    const end = nextCut(after, start, cut);
    for (const id of encode(toLf(after.slice(start, end)))) ids.push(id);
    start = end;
  }
  return ids.slice(0, maxTokens);
}
