import { slashCommands, type Place, type SlashCommand } from '../runtime/protocol/conversation';
import { t } from './translate';

/** What is being written at the cursor that a list can complete. */
export type Mention =
  | { kind: 'place'; query: string; from: number; to: number }
  | { kind: 'command'; query: string; from: number; to: number };

export type Suggestion =
  { kind: 'place'; place: Place } | { kind: 'command'; command: SlashCommand; about: string };

/** A "#" word before the cursor, or a "/" word that the text begins with; undefined elsewhere. */
export function mentionAt(text: string, caret: number): Mention | undefined {
  const before = text.slice(0, caret);
  const command = /^\s*\/([A-Za-z]*)$/.exec(before);
  if (command) return mention('command', command[1] ?? '', caret);
  const place = /(?:^|\s)#([^\s#]*)$/.exec(before);
  return place ? mention('place', place[1] ?? '', caret) : undefined;
}

const mention = (kind: Mention['kind'], query: string, caret: number): Mention => ({
  kind,
  query,
  from: caret - query.length - 1,
  to: caret,
});

export const commandWords: Record<SlashCommand, string> = {
  find: t('Passages that answer, ranked'),
  explain: t('What code does and relies on'),
  summarize: t('A line for each part'),
  doc: t('Document the code here'),
};

/** The commands that begin with what was typed; none once one stands there whole, so that Enter sends it. */
export function matchingCommands(query: string): Suggestion[] {
  return slashCommands
    .filter((command) => command.startsWith(query.toLowerCase()) && command !== query.toLowerCase())
    .map((command) => ({ kind: 'command', command, about: commandWords[command] }));
}

/** The text with a mention taken out or replaced, and where the cursor goes. */
export function replaced(text: string, { from, to }: Mention, by: string): { text: string; caret: number } {
  // A mention that becomes a chip leaves no second space behind.
  const rest = by === '' ? text.slice(to).replace(/^ /, '') : text.slice(to).trimStart();
  return { text: text.slice(0, from) + by + rest, caret: from + by.length };
}
