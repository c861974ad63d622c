import { holdsSecret } from '../retrieval';
import { SavedStates } from '../state/saved-states';
import { StateStore } from '../state/state-store';
import type { Logger } from './log';

/** The states on disk of one model. */
export async function openSavedStates(
  folder: string,
  stateKey: string,
  limitMB: number,
  log: Logger,
): Promise<SavedStates> {
  const { store, saved } = await StateStore.open({
    folder,
    model: stateKey,
    limitBytes: limitMB * 1e6,
    onProblem: (message) => log.warn(message),
  });
  return new SavedStates(store, saved);
}

/** Whether a state that holds this text may be saved, whatever the file is called. */
export function maySaveText(text: string): boolean {
  return !holdsSecret(text);
}
