/** The code that a question is about, as the passage that comes first. */
import type { Lead } from '../protocol/questions';
import type { Describer, Evidence, EvidenceIndex } from './evidence';
import { verifyPassage } from './verify';

export interface LeadEvidence extends Evidence {
  /** Its file as the user sees it, which may be ahead of the disk. */
  fileText: string;
}

/** The symbol around the lines in question, whole; the lines themselves where there is none. Undefined where they may not be read. */
export async function leadEvidence(
  lead: Lead,
  index: EvidenceIndex,
  describer: Describer | undefined,
): Promise<LeadEvidence | undefined> {
  const fileText = await index.read(lead.path, lead.text);
  if (fileText === undefined) return undefined;
  const symbol = await describer?.symbolAt(fileText, lead.languageId, lead.range);
  const lines = fileText.split(/\r\n|\n|\r/);
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
    fileText,
  };
}

/**
 * The lead in front of what was found, which loses what the lead shows already. Of the lead's file it keeps what stands in
 * the text that the lead is taken from, where it stands there: the index knows the file as it was saved.
 */
export function ledBy(lead: LeadEvidence, found: readonly Evidence[]): Evidence[] {
  const rest = found.flatMap((item): Evidence[] => {
    if (item.path !== lead.path) return [item];
    const range = verifyPassage(lead.fileText, item.range, item.text)?.range;
    const isOutside = range && (range.endLine < lead.range.startLine || range.startLine > lead.range.endLine);
    return isOutside ? [{ ...item, range }] : [];
  });
  return [lead, ...rest];
}
