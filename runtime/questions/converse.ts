/** One turn of a conversation: what was said before is read from where it is kept, the answer is written as it comes. */
import { chatTokens } from '../inference/chat-tokens';
import { Priority, type LanguageModel, type ModelState } from '../inference/language-model';
import { renderChat, type ChatPart, type ChatTemplate } from '../models/chat-template';
import type { ChatMessage, ChatResponse } from '../protocol/chat';
import { isCancelled, UserError } from '../protocol/errors';
import type { Checkpoints } from '../state/checkpoints';

/** A model in memory that can converse. */
export interface Speaker {
  model: LanguageModel;
  checkpoints: Checkpoints;
  template: ChatTemplate;
  /** The workspace that the conversation is about; those of others do not meet it. */
  scope: string;
}

export interface ConverseOptions {
  maxTokens: number;
  signal?: AbortSignal;
  onPiece?: (text: string) => void;
}

export interface Conversed extends ChatResponse {
  tokensRead: number;
  tokensReused: number;
  tokensGenerated: number;
}

/**
 * Reads the conversation, from its longest kept beginning on, and writes the next message. A state is left where the answer
 * begins and where it ends, so that a message that follows costs its own tokens. Once something is written, giving up ends
 * the message instead of failing.
 * @throws CancelledError before that
 */
export async function converse(
  { model, checkpoints, template, scope }: Speaker,
  messages: readonly ChatMessage[],
  { maxTokens, signal, onPiece }: ConverseOptions,
): Promise<Conversed> {
  const prompt = chatTokens(renderFitting(template, messages), model.tokenizer);
  if (prompt.length === 0)
    throw new UserError(
      `The chat template of ${model.info.name} shows it nothing. Choose another model for answers.`,
    );
  const work = { priority: Priority.Question, ...(signal && { signal }) };
  const read = prompt.slice(0, -1);
  const resumed = await checkpoints.resume(scope, read, { at: [read.length] }, work);
  const { state, tokensReused } = resumed;
  const written: number[] = [];
  const text = new StreamedText(model.tokenizer.decode, onPiece);
  try {
    let end: Conversed['end'] = 'complete';
    try {
      for await (const { id } of model.decode(state, prompt.slice(-1), { ...work, maxTokens })) {
        written.push(id);
        text.update(written);
        if (repeatsItself(text.sent)) end = 'repetition';
        else if (written.length === maxTokens) end = 'limit';
        if (end !== 'complete') break;
      }
    } catch (error) {
      if (!isCancelled(error) || written.length === 0) throw error;
      end = 'stopped';
    }
    await keepAnswer(checkpoints, scope, [...prompt, ...written], state);
    return {
      model: model.info.name,
      text: text.finish(),
      end,
      tokensRead: resumed.tokensRead + 1,
      tokensReused,
      tokensGenerated: written.length,
    };
  } finally {
    model.release(state);
  }
}

/** The state lacks the last token, unless the model went on to say that it was the last. */
async function keepAnswer(
  checkpoints: Checkpoints,
  scope: string,
  ids: readonly number[],
  state: ModelState,
): Promise<void> {
  await checkpoints.keep(scope, ids.slice(0, state.length), state);
}

/** Text that is told as its tokens come: half a character waits for its other half. */
class StreamedText {
  sent = '';
  private whole = '';

  constructor(
    private readonly decode: (ids: readonly number[]) => string,
    private readonly onPiece: ((text: string) => void) | undefined,
  ) {}

  update(ids: readonly number[]): void {
    this.whole = this.decode(ids);
    this.send(this.whole.replace(/\uFFFD+$/, ''));
  }

  finish(): string {
    this.send(this.whole);
    return this.sent;
  }

  private send(text: string): void {
    if (text.length <= this.sent.length) return;
    this.onPiece?.(text.slice(this.sent.length));
    this.sent = text;
  }
}

/** The same for a third time in a row: the likeliest token would lead on in the circle. */
const repeatsItself = (text: string): boolean => /(.{12,200}?)\1\1$/s.test(text.slice(-600));

/**
 * The conversation in a form that the template takes and that holds the instructions: with a message of the system's, else with
 * these in front of the first question, else, where the template shows the last message alone, in front of that.
 * @throws UserError where it takes none
 */
export function renderFitting(template: ChatTemplate, messages: readonly ChatMessage[]): ChatPart[] {
  const [first, ...rest] = messages;
  if (first?.role !== 'system') return renderChat(template, messages);
  const instructed = (to: readonly ChatMessage[]): ChatMessage[] =>
    to.map((message, index) =>
      index === 0 ? { ...message, content: `${first.content}\n\n${message.content}` } : message,
    );
  let refusal: unknown;
  for (const form of [messages, instructed(rest), instructed(rest.slice(-1))]) {
    try {
      const parts = renderChat(template, form);
      if (parts.some(({ from, text }) => from === 'message' && text.startsWith(first.content))) return parts;
    } catch (error) {
      refusal = error;
    }
  }
  throw (
    refusal ??
    new UserError('The model’s chat template leaves the messages out. Choose another model for answers.')
  );
}
