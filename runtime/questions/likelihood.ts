/**
 * How likely the model finds a question once it has read a passage: `<|snippet|> code <|doc|> question`, the form in
 * which it learnt to describe code. Divided by how likely it finds the question after no code at all, so that
 * ordinary questions have no advantage.
 */
import type { LanguageModel, WorkOptions } from '../inference/language-model';
import type { Checkpoints } from '../state/checkpoints';

/** Tokens of a passage that are read; its beginning says most of what it does. */
export const PASSAGE_TOKENS = 160;
/** What was read of passages is kept here, so that another question costs its own tokens alone. */
const SCOPE = 'passages';
/** Tokens of a question that are scored. */
const QUESTION_TOKENS = 48;

/** A model, and what it has read. */
export interface ReadingModel {
  model: LanguageModel;
  checkpoints: Checkpoints;
}

export class QuestionLikelihood {
  /** Tokens of passages. */
  readonly cost = { tokensRead: 0, tokensReused: 0 };
  private readonly question: number[];
  private alone?: Promise<number>;

  constructor(
    private readonly reading: ReadingModel,
    question: string,
    private readonly options: WorkOptions,
  ) {
    const { model } = reading;
    this.question = model.tokenizer.encode(asDescription(question)).slice(0, QUESTION_TOKENS);
  }

  /** A passage as the model reads it. */
  prompt(code: string): number[] {
    const { tokenizer, info } = this.reading.model;
    return [info.special.snippet, ...tokenizer.encode(code).slice(0, PASSAGE_TOKENS), info.special.doc];
  }

  /** Whether the prompt has been read already, for this question or for one before. */
  wasRead(prompt: readonly number[]): boolean {
    return this.reading.checkpoints.reusable(SCOPE, prompt) === prompt.length;
  }

  /** Mean gain, in nats per token of the question, over the question alone. Throws when aborted. */
  async gain(prompt: readonly number[]): Promise<number> {
    this.alone ??= this.meanLogProbability(this.prompt(''));
    return -(await this.alone) + (await this.meanLogProbability(prompt));
  }

  private async meanLogProbability(prompt: readonly number[]): Promise<number> {
    if (this.question.length === 0) return 0;
    const { model, checkpoints } = this.reading;
    const keep = { at: [prompt.length] };
    const { state, ...cost } = await checkpoints.resume(SCOPE, prompt, keep, this.options);
    this.cost.tokensRead += cost.tokensRead;
    this.cost.tokensReused += cost.tokensReused;
    try {
      const scores = await model.score(state, this.question, this.options);
      return scores.reduce((sum, score) => sum + score, 0) / scores.length;
    } finally {
      model.release(state);
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
