/**
 * How likely the model finds a question once it has read a passage: `<|snippet|> code <|doc|> question`, the form in
 * which it learnt to describe code. Divided by how likely it finds the question after no code at all, so that
 * ordinary questions have no advantage.
 */
import type { LanguageModel, WorkOptions } from '../inference/language-model';

/** Tokens of a passage that are read; its beginning says most of what it does. */
export const PASSAGE_TOKENS = 160;
/** Tokens of a question that are scored. */
const QUESTION_TOKENS = 48;

export class QuestionLikelihood {
  private readonly question: number[];
  private alone?: Promise<number>;

  constructor(
    private readonly model: LanguageModel,
    question: string,
    private readonly options: WorkOptions,
  ) {
    this.question = model.tokenizer.encode(asDescription(question)).slice(0, QUESTION_TOKENS);
  }

  /** Mean gain, in nats per token of the question, over the question alone. Throws when aborted. */
  async gain(code: string): Promise<number> {
    this.alone ??= this.meanLogProbability([]);
    const alone = await this.alone;
    return (
      (await this.meanLogProbability(this.model.tokenizer.encode(code).slice(0, PASSAGE_TOKENS))) - alone
    );
  }

  private async meanLogProbability(code: readonly number[]): Promise<number> {
    const { snippet, doc } = this.model.info.special;
    if (this.question.length === 0) return 0;
    const state = await this.model.create();
    try {
      await this.model.read(state, [snippet, ...code, doc], this.options);
      const scores = await this.model.score(state, this.question, this.options);
      return scores.reduce((sum, score) => sum + score, 0) / scores.length;
    } finally {
      this.model.release(state);
    }
  }
}

/** Documentation does not ask: "Where is the cookie signed?" reads "is the cookie signed" in a docstring's voice. */
export function asDescription(question: string): string {
  const plain = question
    .trim()
    .replace(/[?!.\s]+$/, '')
    .replace(
      /^(?:(?:please|can you|could you)\s+)?(?:(?:tell me|explain|show me|find)\s+)?(?:(?:where|how|what|which|why|when|who)(?:'s)?\s+)?(?:(?:is|are|does|do|did|was|were|can)\s+)?(?:the\s+(?:code|function|class|method)\s+that\s+)?/i,
      '',
    )
    .trim();
  const text = plain === '' ? question.trim() : plain;
  return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}.`;
}
