/** The code that a question is about, as the passage that comes first. */
import type { AskRequest } from '../protocol/questions';
import type { Describer, Evidence, EvidenceIndex } from './evidence';

/** The symbol around the lines in question, whole; the lines themselves where there is none. Undefined where they may not be read. */
export async function leadEvidence(
  lead: NonNullable<AskRequest['lead']>,
  index: EvidenceIndex,
  describer: Describer | undefined,
): Promise<Evidence | undefined> {
  const text = await index.read(lead.path);
  if (text === undefined) return undefined;
  const symbol = await describer?.symbolAt(text, lead.languageId, lead.range);
  const lines = text.split(/\r\n|\n|\r/);
  const { startLine, endLine } = symbol?.range ?? lead.range;
  if (startLine >= lines.length) return undefined;
  const range = { startLine, endLine: Math.min(endLine, lines.length - 1) };
  return {
    path: lead.path,
    displayPath: lead.displayPath,
    languageId: lead.languageId,
    range,
    title: symbol?.title,
    text: lines.slice(range.startLine, range.endLine + 1).join('\n'),
    score: 1,
  };
}

/** The lead in front of what was found, which loses what the lead shows already. */
export function ledBy(lead: Evidence, found: readonly Evidence[]): Evidence[] {
  const rest = found.filter(
    (item) =>
      item.path !== lead.path ||
      item.range.endLine < lead.range.startLine ||
      item.range.startLine > lead.range.endLine,
  );
  return [lead, ...rest];
}
