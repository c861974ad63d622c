/** How files of several workspace folders are called, so that two folders of one name stay apart. */
import path from 'node:path';
import type { WorkspaceFolder } from '../protocol/engine';

/** Prefix of each folder's display paths: '' for a single folder, else its name, with its parents where names repeat. */
export function displayPrefixes(folders: readonly WorkspaceFolder[]): string[] {
  if (folders.length < 2) return folders.map(() => '');
  return folders.map((folder) => {
    const name = folder.name || path.basename(folder.path);
    const same = folders.filter(
      (other) => other !== folder && (other.name || path.basename(other.path)) === name,
    );
    if (same.length === 0) return `${name}/`;
    const parts = folder.path.split(/[\\/]/).filter(Boolean);
    for (let count = 2; count <= parts.length; count++) {
      const longer = parts.slice(-count).join('/');
      if (
        !same.some((other) =>
          `/${other.path.split(/[\\/]/).filter(Boolean).join('/')}`.endsWith(`/${longer}`),
        )
      )
        return `${longer}/`;
    }
    return `${parts.join('/')}/`;
  });
}
