import { Priority, type LanguageModel } from '../inference/language-model';
import type { GeneratedText } from './judge';

/**
 * The model was trained with up to 3,600 characters. A function's head tells it as much, where the two were compared, and
 * costs less than half: at most some 400 tokens a line.
 */
const maxCodeCharacters = 1500;
const maxTokens = 32;

export interface Generation extends GeneratedText {
  tokensRead: number;
  tokensGenerated: number;
}

/** One sentence of documentation for a piece of code: `<|snippet|>CODE<|doc|>` → sentence. */
export async function generateLine(
  model: LanguageModel,
  code: string,
  signal?: AbortSignal,
): Promise<Generation> {
  const { special } = model.info;
  const prompt = [special.snippet, ...model.tokenizer.encode(snippetOf(code)), special.doc];
  const state = await model.create();
  const ids: number[] = [];
  let logProbability = 0;
  let text = '';
  try {
    for await (const token of model.decode(state, prompt, {
      priority: Priority.Summary,
      signal,
      maxTokens,
    })) {
      logProbability += token.logProbability;
      ids.push(token.id);
      text = model.tokenizer.decode(ids);
      if (text.trimStart().includes('\n')) break;
    }
  } finally {
    model.release(state);
  }
  signal?.throwIfAborted();
  return {
    text: text.trim(),
    meanLogProbability: logProbability / Math.max(1, ids.length),
    ended: ids.length < maxTokens || text.trimStart().includes('\n'),
    tokensRead: prompt.length,
    tokensGenerated: ids.length,
  };
}

/** The start of the code, cut before a line end: there the tokeniser cuts too. */
export function snippetOf(code: string): string {
  if (code.length <= maxCodeCharacters) return code;
  const cut = code.lastIndexOf('\n', maxCodeCharacters);
  return code.slice(0, cut > 0 ? cut : maxCodeCharacters).replace(/[\ud800-\udbff]$/, '');
}
