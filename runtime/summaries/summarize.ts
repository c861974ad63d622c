import type { LanguageModel } from '../inference/language-model';
import type { FileSummary, SummaryLine, SummaryProgress } from '../protocol/summaries';
import type { LineRange } from '../protocol/text';
import { outlineOf } from '../syntax';
import { hashOf, lineKey, type SummaryLineCache } from './cache';
import { codeOf } from './code';
import { generateLine, snippetOf } from './generate';
import { judge, type GeneratedText } from './judge';
import { generationOrder, planLines, type PlannedLine } from './plan';
import { purposeOf } from './purpose';
import { wordsOf } from './words';

export interface SummarizeInput {
  path: string;
  /** Relative to the workspace folder. */
  displayPath: string;
  text: string;
  languageId: string;
  /** Only symbols that touch these lines. */
  range?: LineRange;
}

export interface SummarizeDependencies {
  /** Without one, symbols that carry no documentation stay without a line. */
  model?: LanguageModel;
  /** Workspace files that import the file; empty while that is unknown. */
  importersOf(path: string): Promise<string[]>;
  cache?: SummaryLineCache;
}

export interface SummarizeOptions {
  signal?: AbortSignal;
  onProgress?(progress: SummaryProgress): void;
}

/**
 * A file's summary: its purpose, and a line for each of its symbols. Everything that needs no model is reported first,
 * then each generated line as it is made, the most visible first. Rejects with the signal's reason when cancelled: what
 * was generated until then is in the cache, so that the next summary goes on from there.
 */
export async function summarizeFile(
  input: SummarizeInput,
  deps: SummarizeDependencies,
  { signal, onProgress }: SummarizeOptions = {},
): Promise<FileSummary> {
  const started = performance.now();
  const outline = await outlineOf(input.text, input.languageId);
  signal?.throwIfAborted();
  const importedBy = await deps.importersOf(input.path);
  signal?.throwIfAborted();
  const planned = planLines(outline, input.range);
  const summary: FileSummary = {
    path: input.path,
    displayPath: input.displayPath,
    languageId: input.languageId,
    lineCount: outline.lineCount,
    contentHash: hashOf(input.text),
    purpose: purposeOf(outline, importedBy),
    importedBy,
    lines: planned.map((each) => each.line),
    cost: { tokensRead: 0, tokensGenerated: 0, generatedLines: 0, ms: 0 },
    approximate: outline.approximate,
  };
  const writer =
    deps.model && knows(deps.model, input.languageId)
      ? new LineWriter(input, planned, deps.model, deps.cache)
      : undefined;
  const missing = (await writer?.fromCache(summary)) ?? [];
  summary.cost.ms = performance.now() - started;
  onProgress?.({ stage: 'outline', summary: structuredClone(summary), toGenerate: missing.length });
  for (const [done, index] of missing.entries()) {
    signal?.throwIfAborted();
    const line = await writer?.generate(index, summary, signal);
    summary.cost.ms = performance.now() - started;
    if (line)
      onProgress?.({ stage: 'line', index, line: { ...line }, done: done + 1, total: missing.length });
  }
  return summary;
}

/** A notebook's code is Python as far as the model is concerned. */
function knows(model: LanguageModel, languageId: string): boolean {
  return model.info.languages.includes(languageId === 'ipynb' ? 'python' : languageId);
}

/** Fills in the lines that have no text of their own. */
class LineWriter {
  private readonly lines: readonly string[];
  private readonly words: ReadonlySet<string>;
  private readonly used = new Set<string>();

  constructor(
    private readonly input: SummarizeInput,
    private readonly planned: readonly PlannedLine[],
    private readonly model: LanguageModel,
    private readonly cache: SummaryLineCache | undefined,
  ) {
    this.lines = input.text.split(/\r\n|\r|\n/);
    this.words = wordsOf(input.text);
  }

  /** Sets what earlier summaries left in the cache; answers with the indices that are still to be generated, in order. */
  async fromCache(summary: FileSummary): Promise<number[]> {
    const missing: number[] = [];
    for (const index of generationOrder(this.planned)) {
      const code = this.codeAt(index);
      const known = await this.cache?.get(lineKey(code, this.model.info.name));
      if (known) this.accept(index, code, known, summary);
      else missing.push(index);
    }
    return missing;
  }

  async generate(
    index: number,
    summary: FileSummary,
    signal?: AbortSignal,
  ): Promise<SummaryLine | undefined> {
    const code = this.codeAt(index);
    const made = await generateLine(this.model, code, signal);
    const { text, meanLogProbability, ended } = made;
    summary.cost.tokensRead += made.tokensRead;
    summary.cost.tokensGenerated += made.tokensGenerated;
    await this.cache?.set(lineKey(code, this.model.info.name), { text, meanLogProbability, ended });
    this.accept(index, code, made, summary);
    return summary.lines[index];
  }

  private accept(index: number, code: string, generated: GeneratedText, summary: FileSummary): void {
    const planned = this.planned[index];
    if (!planned) return;
    const judgement = judge(
      generated,
      { name: planned.line.name, code, ownerName: planned.ownerName },
      this.words,
    );
    // The same sentence for a second symbol says that it fits neither.
    if ('dropped' in judgement || this.used.has(judgement.text)) return;
    this.used.add(judgement.text);
    summary.lines[index] = { ...planned.line, text: judgement.text, source: 'generated' };
    summary.cost.generatedLines++;
  }

  private codeAt(index: number): string {
    const range = this.planned[index]?.line.range;
    return range ? snippetOf(codeOf(this.lines, range, this.input.languageId)) : '';
  }
}
