import { messageOf } from '../runtime/protocol/errors';
import { EngineUnavailableError } from './engine/engine-state';

/** The Language Server Protocol's code for a request that its sender gave up; the engine answers with it. */
const requestCancelled = -32800;

/** The work was given up on purpose: nothing to tell the user. */
export function isCancellation(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    error.name === 'Canceled' ||
    error.name === 'CancelledError' ||
    ('code' in error && error.code === requestCancelled)
  );
}

/**
 * An error as a sentence for the user.
 * @param stateSentence what the status item says: the reason why the engine may not run
 */
export function engineErrorWords(error: unknown, stateSentence: string): string {
  if (error instanceof EngineUnavailableError && error.why === 'not-allowed') return stateSentence;
  return messageOf(error);
}
