/** One line on what each passage does: its own documentation at once, the model's words one after the other. */
import type { AskProgress, Passage } from '../protocol/questions';
import type { Describer, Description } from './evidence';

/** Gives passages the notes that need no model; answers with how to write those of others, by number. */
export async function ownNotes(
  passages: readonly Passage[],
  textOf: (path: string) => string | undefined,
  describer: Describer,
): Promise<Map<number, NonNullable<Description['write']>>> {
  const unwritten = new Map<number, NonNullable<Description['write']>>();
  for (const passage of passages) {
    const text = textOf(passage.citation.path);
    if (text === undefined) continue;
    const { note, write } = await describer.describe(passage, text);
    if (note) passage.note = note;
    else if (write) unwritten.set(passage.number, write);
  }
  return unwritten;
}

/** Writes the notes that are missing, in the order of their passages. Rejects when aborted: what was told stays told. */
export async function writeNotes(
  passages: readonly Passage[],
  unwritten: ReadonlyMap<number, NonNullable<Description['write']>>,
  onProgress: ((progress: AskProgress) => void) | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  const used = new Set<string>();
  for (const passage of passages) {
    const write = unwritten.get(passage.number);
    if (!write) continue;
    signal?.throwIfAborted();
    const note = await write(signal);
    // The same sentence for a second passage says that it fits neither.
    const fits = note && !used.has(note.text);
    if (fits) {
      used.add(note.text);
      passage.note = note;
    }
    onProgress?.({ stage: 'note', number: passage.number, ...(fits && { note }) });
  }
}
