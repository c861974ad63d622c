import { messageOf } from '../protocol/errors';
import type { ClosePassages, SearchPlaces, WorkspaceIndex } from '../retrieval';
import type { Logger } from './log';

/**
 * What a question waits for passages that are close to it: the encoder may have to be loaded, and to end the passage that it
 * is at, and vectors to be read. Too late, words alone decide; what is being loaded is there for the next question.
 */
export const CLOSE_BUDGET_MS = 3000;

export interface ClosePassagesOptions {
  log: Logger;
  signal?: AbortSignal;
  budgetMs?: number;
}

/** Undefined where no encoder is chosen or it does not answer in time. Rejects only when aborted. */
export async function closePassages(
  index: Pick<WorkspaceIndex, 'closeTo'>,
  question: string,
  places: SearchPlaces,
  { log, signal, budgetMs = CLOSE_BUDGET_MS }: ClosePassagesOptions,
): Promise<ClosePassages | undefined> {
  const over = AbortSignal.timeout(budgetMs);
  const either = signal ? AbortSignal.any([signal, over]) : over;
  const ended = new Promise<never>((_, reject) =>
    either.addEventListener('abort', () => reject(either.reason as Error), { once: true }),
  );
  try {
    either.throwIfAborted();
    return await Promise.race([index.closeTo(question, places, either), ended]);
  } catch (error) {
    signal?.throwIfAborted();
    log.warn('Searched by words alone', {
      error: over.aborted ? 'the encoder took too long' : messageOf(error),
    });
    return undefined;
  }
}
