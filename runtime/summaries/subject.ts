import type { LanguageModel } from '../inference/language-model';
import type { LineRange } from '../protocol/text';
import { outlineOf } from '../syntax';
import { lineKey, type SummaryLineCache } from './cache';
import { codeOf } from './code';
import { sentences } from './first-sentence';
import { generateLine, snippetOf } from './generate';
import { judge } from './judge';
import { planLines, type PlannedLine } from './plan';
import { wordsOf } from './words';

/** What a range of lines is about: a symbol, or its file where it shows the head of one. */
export interface Subject {
  /** Absent: the file itself. */
  symbol?: PlannedLine;
  /** First sentence of its own documentation; empty where it has none. */
  doc: string;
}

/** Lines at the top of a file within which its own documentation speaks for a passage. */
const headLines = 10;
/** Share of a passage's lines that its symbol has at least. */
const leastShare = 0.25;

/** Of the symbols that a range shows, the one that has most of its lines; of several that hold all of it, the innermost. */
export async function subjectOf(
  text: string,
  languageId: string,
  range: LineRange,
): Promise<Subject | undefined> {
  const outline = await outlineOf(text, languageId);
  const lines = range.endLine - range.startLine + 1;
  let best: { planned: PlannedLine; share: number; rows: number } | undefined;
  for (const planned of planLines(outline, range)) {
    const { startLine, endLine } = planned.line.range;
    const shared = Math.min(endLine, range.endLine) - Math.max(startLine, range.startLine) + 1;
    const [share, rows] = [shared / lines, endLine - startLine + 1];
    if (share < leastShare || planned.line.kind === 'section') continue;
    if (!best || share > best.share || (share === best.share && rows < best.rows))
      best = { planned, share, rows };
  }
  if (best) return { symbol: best.planned, doc: best.planned.line.text };
  const own = outline.doc === undefined || range.startLine > headLines ? '' : sentences(outline.doc, 1);
  return own === '' ? undefined : { doc: own };
}

/**
 * One sentence of the model's on a symbol, under the rules of a summary's lines; undefined where they drop it.
 */
export async function writtenLine(
  { line, ownerName }: PlannedLine,
  { text, languageId }: { text: string; languageId: string },
  model: LanguageModel,
  cache: SummaryLineCache,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const code = snippetOf(codeOf(text.split(/\r\n|\r|\n/), line.range, languageId));
  const key = lineKey(code, model.info.name);
  let generated = await cache.get(key);
  if (!generated) {
    const { text: sentence, meanLogProbability, ended } = await generateLine(model, code, signal);
    generated = { text: sentence, meanLogProbability, ended };
    await cache.set(key, generated);
  }
  const judgement = judge(generated, { name: line.name, code, ownerName }, wordsOf(text));
  return 'dropped' in judgement ? undefined : judgement.text;
}
