import { createHash } from 'node:crypto';
import type { WorkspaceFolder } from '../protocol/engine';
import { SavedStates } from '../state/saved-states';
import { StateStore } from '../state/state-store';
import type { Logger } from './log';

/** The states on disk of one model; undefined where none shall be saved. */
export async function openSavedStates(
  folder: string,
  stateKey: string,
  limitMB: number,
  log: Logger,
): Promise<SavedStates | undefined> {
  if (limitMB <= 0) return undefined;
  const { store, saved } = await StateStore.open({
    folder,
    model: stateKey,
    limitBytes: limitMB * 1e6,
    onProblem: (message) => log.warn(message),
  });
  return new SavedStates(store, saved);
}

/** Names a workspace by its folders, in whatever order: states that are kept for it serve no other. */
export function scopeOf(folders: readonly WorkspaceFolder[]): string {
  const paths = folders.map((folder) => folder.path).sort();
  return createHash('sha256').update(paths.join('\0')).digest('hex').slice(0, 16);
}
