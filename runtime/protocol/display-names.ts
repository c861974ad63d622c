/** How files of several workspace folders are called, so that two folders of one name stay apart. */
import type { WorkspaceFolder } from './engine';

/** Prefix of each folder's display paths: '' for a single folder, else its name, with its parents where names repeat. */
export function displayPrefixes(folders: readonly WorkspaceFolder[]): string[] {
  if (folders.length < 2) return folders.map(() => '');
  return folders.map((folder) => {
    const name = nameOf(folder);
    const same = folders.filter((other) => other !== folder && nameOf(other) === name);
    if (same.length === 0) return `${name}/`;
    const parts = partsOf(folder);
    for (let count = 2; count <= parts.length; count++) {
      const longer = parts.slice(-count).join('/');
      if (!same.some((other) => `/${partsOf(other).join('/')}`.endsWith(`/${longer}`))) return `${longer}/`;
    }
    return `${parts.join('/')}/`;
  });
}

const partsOf = ({ path }: WorkspaceFolder) => path.split(/[\\/]/).filter(Boolean);
const nameOf = (folder: WorkspaceFolder) => folder.name || (partsOf(folder).at(-1) ?? '');
