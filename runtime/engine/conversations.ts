import { existsSync } from 'node:fs';
import { chatTemplateIn, isEncoderFolder } from '../library/library';
import type { ChatProgress, ChatRequest, ChatResponse } from '../protocol/chat';
import { UserError } from '../protocol/errors';
import type { AskRequest } from '../protocol/questions';
import { converse, writeAnswer, type AnswerWriter, type Speaker } from '../questions';
import type { ModelChoice, ModelHosts } from './model-hosts';

/** Of a message that somebody else's conversation asks for. */
const mostTokens = 2048;

/** What a window's model for conversations does: it writes answers from passages, and serves the editor's own chat. */
export class Conversations {
  constructor(
    private readonly hosts: ModelHosts,
    private readonly choice: () => ModelChoice | undefined,
    private readonly scope: () => string,
  ) {}

  /** Undefined where no answer is asked for, or no model is chosen that could write one. */
  writer({ question, write }: AskRequest): AnswerWriter | undefined {
    if (!write || !this.choice()) return undefined;
    return (passages, options) =>
      this.speaking((speaker) => writeAnswer(speaker, question, passages, write.earlier, options));
  }

  chat(
    { messages, maxTokens = mostTokens }: ChatRequest,
    signal?: AbortSignal,
    onProgress?: (progress: ChatProgress) => void,
  ): Promise<ChatResponse> {
    return this.speaking(async (speaker) => {
      const { model, text, end } = await converse(speaker, messages, {
        maxTokens: Math.max(1, Math.min(maxTokens, mostTokens)),
        signal,
        onPiece: (piece) => onProgress?.({ text: piece }),
      });
      return { model, text, end };
    });
  }

  countTokens(text: string): Promise<number> {
    return this.speaking(({ model }) => Promise.resolve(model.tokenizer.encode(text).length));
  }

  /** @throws UserError where there is no such model, or it cannot converse: before anything large is loaded */
  private async speaking<T>(job: (speaker: Speaker) => Promise<T>): Promise<T> {
    const choice = this.choice();
    if (!choice)
      throw new UserError('No model is chosen for answers. Name one in the setting "longview.models.chat".');
    const { name, folder } = choice;
    if (!existsSync(folder))
      throw new UserError(
        `There is no model "${name}" (longview.models.chat). Add it, or choose another one for answers.`,
      );
    if (isEncoderFolder(folder))
      throw new UserError(
        `${name} is an encoder: it makes vectors of texts, and writes nothing. Choose an instruction-tuned model in "longview.models.chat", or none.`,
      );
    const template = chatTemplateIn(folder);
    if (!template)
      throw new UserError(
        `${name} has no chat template, so it cannot answer in words. Choose an instruction-tuned model in "longview.models.chat", or none.`,
      );
    return this.hosts.for(choice).use((loaded) => job({ ...loaded, template, scope: this.scope() }));
  }
}
