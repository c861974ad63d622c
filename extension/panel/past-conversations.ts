/** The questions that were asked in a workspace, conversation by conversation. Questions alone: no passage is kept. */
import type { Asking } from '../../runtime/protocol/conversation';
import { parseAsking } from './parse-asking';

export interface PastConversation {
  id: string;
  /** Milliseconds since 1970, of its last question. */
  askedAt: number;
  turns: Asking[];
}

const most = 100;
const mostTurns = 50;

/** Latest first, the one that went on in front. */
export function remembered(past: readonly PastConversation[], now: PastConversation): PastConversation[] {
  const bounded = { ...now, turns: now.turns.slice(-mostTurns) };
  return [bounded, ...past.filter((each) => each.id !== now.id && !goesOn(now, each))].slice(0, most);
}

/** After a reload a conversation is another one, though its questions are all there. */
const goesOn = (now: PastConversation, { turns }: PastConversation) =>
  turns.length < now.turns.length &&
  turns.every((asking, at) => JSON.stringify(asking) === JSON.stringify(now.turns[at]));

/** From disk: entries that are not as we write them are left out. */
export function parsePast(json: string): PastConversation[] {
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch {
    return [];
  }
  if (!Array.isArray(data)) return [];
  return data.slice(0, most).flatMap((entry) => {
    const { id, askedAt, turns } = (entry ?? {}) as Partial<Record<keyof PastConversation, unknown>>;
    if (typeof id !== 'string' || typeof askedAt !== 'number' || !Array.isArray(turns)) return [];
    const parsed = turns.map(parseAsking).filter((turn) => turn !== undefined);
    return parsed.length > 0 ? [{ id, askedAt, turns: parsed }] : [];
  });
}
