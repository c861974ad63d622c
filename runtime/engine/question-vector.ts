import type { TextVector } from '../inference/text-encoder';
import { messageOf } from '../protocol/errors';
import type { WorkspaceIndex } from '../retrieval';
import type { Logger } from './log';

/**
 * What a question waits for its own vector: the encoder may have to be loaded, and to end the passage that it is at. Too
 * late, words alone decide; an encoder that is being loaded is there for the next question.
 */
export const ENCODE_BUDGET_MS = 3000;

export interface QuestionVectorOptions {
  log: Logger;
  signal?: AbortSignal;
  budgetMs?: number;
}

/** Undefined where no encoder is chosen or it does not answer in time. Rejects only when aborted. */
export async function questionVector(
  index: Pick<WorkspaceIndex, 'vectorOf'>,
  question: string,
  { log, signal, budgetMs = ENCODE_BUDGET_MS }: QuestionVectorOptions,
): Promise<TextVector | undefined> {
  const over = AbortSignal.timeout(budgetMs);
  const either = signal ? AbortSignal.any([signal, over]) : over;
  const ended = new Promise<never>((_, reject) =>
    either.addEventListener('abort', () => reject(either.reason as Error), { once: true }),
  );
  try {
    either.throwIfAborted();
    return await Promise.race([index.vectorOf(question, either), ended]);
  } catch (error) {
    signal?.throwIfAborted();
    log.warn('Searched by words alone', {
      error: over.aborted ? 'the encoder took too long' : messageOf(error),
    });
    return undefined;
  }
}
