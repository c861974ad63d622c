import type { Describer, Description } from '../questions';
import { isCancelled, messageOf } from '../protocol/errors';
import type { Passage } from '../protocol/questions';
import type { LineRange } from '../protocol/text';
import { subjectOf, wantsGeneratedText, writtenLine, type SummaryLineCache } from '../summaries';
import type { Logger } from './log';
import type { ModelHost } from './model-host';

/** What passages do, in the words of a summary's lines: the same documentation, model, rules and cache. */
export class PassageNotes implements Describer {
  constructor(
    private readonly host: ModelHost,
    private readonly cache: SummaryLineCache,
    private readonly log: Logger,
  ) {}

  async symbolAt(
    text: string,
    languageId: string,
    range: LineRange,
  ): Promise<{ range: LineRange; title: string } | undefined> {
    const line = (await subjectOf(text, languageId, range))?.symbol?.line;
    return line && { range: line.range, title: `${line.kind} ${line.name}` };
  }

  async describe({ citation, languageId, title }: Passage, text: string): Promise<Description> {
    const subject = await subjectOf(text, languageId, citation.range);
    if (!subject) return {};
    const { symbol, doc } = subject;
    const name = symbol?.line.name;
    const naming = {
      ...(name !== undefined && !title?.includes(name) && { symbol: name }),
      line: symbol?.line.range.startLine ?? 0,
    };
    if (doc !== '') return { note: { text: doc, source: 'doc', ...naming } };
    if (!symbol || !wantsGeneratedText(symbol) || !this.host.languages.includes(languageId)) return {};
    return {
      write: async (signal) => {
        try {
          const line = await this.host.use(({ model }) =>
            writtenLine(symbol, { text, languageId }, model, this.cache, signal),
          );
          return line === undefined ? undefined : { text: line, source: 'generated', ...naming };
        } catch (error) {
          // Passages are worth showing without a model.
          if (isCancelled(error) || this.host.status().state === 'ready') throw error;
          this.log.warn('A passage has no line, as there is no model', { error: messageOf(error) });
          return undefined;
        }
      },
    };
  }
}
