import path from 'node:path';
import type { WorkspaceFolder } from '../../protocol/engine';
import { UserError } from '../../protocol/errors';
import { createPathRules } from '../../retrieval';

/**
 * The file that a foreign program named, if it may see it.
 * @param file relative to one of the folders, or absolute
 * @throws UserError for what lies outside of the folders, through links too, and for what their ignore rules leave out
 */
export function confinedFile(file: string, folders: readonly WorkspaceFolder[]): string {
  for (const folder of folders) {
    const asked = path.resolve(folder.path, file);
    const verdict = createPathRules(folder.path).verdict(asked);
    if ('included' in verdict) return asked;
    if (verdict.skipped !== 'outside')
      throw new UserError(`${file} is not shown: Longview's rules leave it out (${verdict.skipped}).`);
  }
  const names = folders.map(({ path: root }) => root).join(', ');
  throw new UserError(`${file} is not within the workspace (${names}).`);
}
