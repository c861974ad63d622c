/**
 * When to stop writing, and where to cut what was written. Asked after every token with the whole text so far:
 * suggestions are short, so that a pure function of the text is cheaper than it is to keep state right.
 */
import type { CompletionCandidate } from '../protocol/completion';
import { completionShape, type CompletionShape } from './block-shape';
import { indentationWidth, missingIndentation, opensBlock } from './indentation';
import { firstNonBlankLine, linePrefix, lineSuffix } from './line-ends';
import { lineCycle, unitCycle } from './repetition';

export interface StopPlan {
  shape: CompletionShape;
  /** Tokens after which it ends in any case. */
  maxTokens: number;
  /** What the cursor's line begins with, the indentation that it lacks included. */
  linePrefix: string;
  /** The next line below the cursor's that is not blank. */
  lineBelow: string | undefined;
}

export interface Stop {
  by: CompletionCandidate['stoppedBy'];
  /** What is left of the text. */
  text: string;
}

/** The rest of a line is 80 characters, some 25 tokens, at most; more means that the line does not end. */
export const MAX_LINE_TOKENS = 64;
/** The model was trained on blocks of 2 to 12 lines, and further lines are rarely right. */
export const MAX_BLOCK_TOKENS = 192;
export const MAX_BLOCK_LINES = 12;

/** What the end of a suggestion depends on, gathered once per request. `before` includes what the suggest widget would insert. */
export function planStop(before: string, after: string, multiline: 'auto' | 'never'): StopPlan {
  const shape = completionShape(before, after, multiline);
  return {
    shape,
    maxTokens: shape.kind === 'line' ? MAX_LINE_TOKENS : MAX_BLOCK_TOKENS,
    linePrefix: linePrefix(before) + missingIndentation(before, after),
    lineBelow: firstNonBlankLine(after.slice(lineSuffix(after).length)),
  };
}

/** Nothing while the model should go on. `text` is all it wrote (LF), from `tokens` tokens. */
export function checkStop(plan: StopPlan, text: string, tokens: number): Stop | undefined {
  return firstStop(plan, text, false) ?? (tokens >= plan.maxTokens ? limit(plan, text) : undefined);
}

/** For the end token: the text is complete, its last line too. */
export function finishText(plan: StopPlan, text: string): Stop {
  return firstStop(plan, text, true) ?? { by: 'end-token', text };
}

function firstStop(plan: StopPlan, text: string, complete: boolean): Stop | undefined {
  const cycle = unitCycle(text);
  if (cycle !== undefined) return { by: 'repetition', text: text.slice(0, cycle) };
  if (plan.shape.kind === 'line') {
    const end = text.indexOf('\n');
    return end < 0 ? undefined : { by: 'line-end', text: text.slice(0, end) };
  }
  const lines = text.split('\n');
  const completeLines = complete ? lines.length : lines.length - 1;
  for (let index = 0; index < lines.length; index++) {
    const by = stopAtLine(plan, lines, index, index < completeLines);
    if (by) return { by: by.by, text: lines.slice(0, by.keep).join('\n').trimEnd() };
  }
  return undefined;
}

/** Whether the text ends at line `index`, and how many lines are kept then. */
function stopAtLine(
  { shape, linePrefix, lineBelow }: StopPlan,
  lines: string[],
  index: number,
  complete: boolean,
): { by: Stop['by']; keep: number } | undefined {
  if (shape.kind === 'line') return undefined;
  const shown = [linePrefix + lines[0]!, ...lines.slice(1, index + 1)];
  const line = shown[index]!;
  if (index > 0 && line.trim() !== '') {
    const dedent = stopAtDedent(shape, line, index, complete);
    if (dedent) return repeatsBelow(line, lineBelow) && complete ? { by: 'suffix', keep: index } : dedent;
  }
  if (!complete) return undefined;
  if (repeatsBelow(line, lineBelow)) return { by: 'suffix', keep: index };
  const cycle = lineCycle(shown);
  if (cycle !== undefined) return { by: 'repetition', keep: cycle };
  const endsOpenedLine =
    shape.kind === 'opened-block' && index === 0 && lines[0]!.trim() !== '' && !opensBlock(line);
  if (endsOpenedLine && lines.length > 1) return { by: 'line-end', keep: 1 };
  return index + 1 >= MAX_BLOCK_LINES && lines.length > MAX_BLOCK_LINES
    ? { by: 'limit', keep: index + 1 }
    : undefined;
}

function stopAtDedent(
  shape: Exclude<CompletionShape, { kind: 'line' }>,
  line: string,
  index: number,
  complete: boolean,
): { by: Stop['by']; keep: number } | undefined {
  const width = indentationWidth(line);
  if (shape.kind === 'blank-line') return width < shape.width ? { by: 'block-end', keep: index } : undefined;
  if (width > shape.width) return undefined;
  const closes = width === shape.width && /^\s*[)\]}]/.test(line);
  if (!closes) return { by: 'block-end', keep: index };
  if (!complete) return undefined;
  // `} else {` goes on to another block, which nobody asked for yet: end before it.
  return { by: 'block-end', keep: opensBlock(line) ? index : index + 1 };
}

/** The line is the next one below, at the same depth: deeper down the same statement may well stand twice. */
function repeatsBelow(line: string, below: string | undefined): boolean {
  if (below === undefined || line.trim() === '' || line.trim() !== below.trim()) return false;
  return indentationWidth(line) === indentationWidth(below);
}

/** Out of tokens: a block ends with its last whole line, a line keeps what there is. */
function limit(plan: StopPlan, text: string): Stop {
  const lastLine = text.lastIndexOf('\n');
  const whole = plan.shape.kind === 'line' || lastLine < 0 ? text : text.slice(0, lastLine).trimEnd();
  return { by: 'limit', text: whole.trim() === '' ? text : whole };
}
