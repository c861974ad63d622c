import type { ChatMessage } from '../../runtime/protocol/chat';
import type { WrittenTurn } from '../../runtime/protocol/questions';

/** What an answer of ours left behind in the editor's history, which may be of another version. */
export function writtenTurn(metadata: unknown): WrittenTurn | undefined {
  const { turn } = (metadata ?? {}) as { turn?: Partial<WrittenTurn> };
  if (typeof turn?.question !== 'string' || typeof turn.answer !== 'string') return undefined;
  return Array.isArray(turn.passages) ? (turn as WrittenTurn) : undefined;
}

/** Messages as chat templates want them: roles in turn, nothing empty. */
export function inTurn(messages: readonly ChatMessage[]): ChatMessage[] {
  const turns: ChatMessage[] = [];
  for (const message of messages) {
    if (message.content.trim() === '') continue;
    const last = turns.at(-1);
    if (last?.role === message.role) last.content = `${last.content}\n\n${message.content}`;
    else turns.push({ ...message });
  }
  return turns;
}
