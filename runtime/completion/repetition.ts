/** Greedy decoding falls into cycles; these find where a cycle begins, so that one round of it can be kept. */

/** Rounds of the same lines before it is called a cycle. */
const LINE_ROUNDS = 3;
const MAX_LINE_PERIOD = 4;
/** A cycle within a line: at least this many rounds and units. Dotted rules (`-----`) are one unit wide and wanted. */
const UNIT_ROUNDS = 4;
const MIN_CYCLE_UNITS = 24;
const MAX_UNIT_PERIOD = 24;

/** Index of the line where the second round of a cycle at the end of `lines` begins. */
export function lineCycle(lines: readonly string[]): number | undefined {
  for (let period = 1; period <= MAX_LINE_PERIOD; period++) {
    const start = lines.length - period * LINE_ROUNDS;
    if (start < 0) return undefined;
    if (lines.slice(start + period).every((line, i) => line === lines[start + i])) return start + period;
  }
  return undefined;
}

/** Offset where the second round of a cycle at the end of `text` begins. */
export function unitCycle(text: string): number | undefined {
  for (let period = 2; period <= MAX_UNIT_PERIOD; period++) {
    const length = period * Math.max(UNIT_ROUNDS, Math.ceil(MIN_CYCLE_UNITS / period));
    const start = text.length - length;
    if (start < 0) continue;
    const round = text.slice(start, start + period);
    if (/^(.)\1*$/su.test(round)) continue;
    if (round.repeat(length / period) !== text.slice(start)) continue;
    let first = start;
    while (first > 0 && text[first - 1] === text[first - 1 + period]) first--;
    return first + period;
  }
  return undefined;
}
