/** The last stage of an answer: prose from the passages that are shown already, checked against them. */
import { conversationTokens } from '../models/manifest';
import type { Passage, WrittenAnswer, WrittenTurn } from '../protocol/questions';
import { converse, type Speaker } from './converse';
import { doubtsOf } from './doubts';
import { answerPrompt } from './written-answer';

/** An answer is a few sentences; one that goes on has lost its thread. */
const maxTokens = 400;

export interface WriteOptions {
  signal?: AbortSignal;
  /** The model is there and begins to read. */
  onStart?: (model: string) => void;
  onPiece?: (text: string) => void;
}

/** Writes about passages of a question that it knows. */
export type AnswerWriter = (passages: readonly Passage[], options: WriteOptions) => Promise<WrittenAnswer>;

/** Once something is written, giving up keeps it. @throws CancelledError before that */
export async function writeAnswer(
  speaker: Speaker,
  question: string,
  passages: readonly Passage[],
  earlier: readonly WrittenTurn[],
  { signal, onStart, onPiece }: WriteOptions,
): Promise<WrittenAnswer> {
  const started = performance.now();
  const { tokenizer, info } = speaker.model;
  onStart?.(info.name);
  const { messages, passagesRead } = answerPrompt(
    question,
    passages,
    earlier,
    (text) => tokenizer.encode(text).length,
    conversationTokens(info),
  );
  const said = await converse(speaker, messages, { maxTokens, signal, onPiece });
  const { model, text, end, tokensRead, tokensReused, tokensGenerated } = said;
  return {
    model,
    text,
    passagesRead,
    doubts: doubtsOf(text, passages.slice(0, passagesRead)),
    end,
    cost: { tokensRead, tokensReused, tokensGenerated, ms: performance.now() - started },
  };
}
