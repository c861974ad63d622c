import type { ChatPart } from '../models/chat-template';
import type { Tokenizer } from './language-model';

/**
 * A rendered conversation as ids: names of special tokens are such where the template wrote them, and text where a message
 * did. What lies between two of them is encoded as one text, as the model saw it in training.
 */
export function chatTokens(parts: readonly ChatPart[], { encode, added }: Tokenizer): number[] {
  const names = [...added.keys()].sort((a, b) => b.length - a.length).map(quoted);
  const special = names.length > 0 ? new RegExp(`(${names.join('|')})`) : undefined;
  const ids: number[] = [];
  let text = '';
  for (const part of parts) {
    if (part.from === 'message' || !special) {
      text += part.text;
      continue;
    }
    // Every second piece is what was split at.
    for (const [index, piece] of part.text.split(special).entries()) {
      if (index % 2 === 0) text += piece;
      else {
        ids.push(...encode(text), added.get(piece)!);
        text = '';
      }
    }
  }
  return [...ids, ...encode(text)];
}

/** As a regular expression that matches the name alone. */
const quoted = (name: string) => name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
