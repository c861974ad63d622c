import path from 'node:path';
import { createPathRules, holdsSecret, IGNORE_FILE_NAMES, type PathRules } from '../retrieval';
import type { WorkspaceFolder } from '../protocol/engine';
import type { FileChange } from '../protocol/index-status';

/**
 * What may be saved on disk of the texts that were read: those of workspace files that the ignore rules include. An untitled
 * document, an ignored file and one from elsewhere is completed from itself, and leaves nothing behind.
 */
export class SaveRules {
  private rules: PathRules[] = [];
  private readonly known = new Map<string, boolean>();

  configure(folders: readonly WorkspaceFolder[], excludeGlobs: readonly string[]): void {
    this.known.clear();
    this.rules = folders.map((folder) => createPathRules(folder.path, { excludeGlobs }));
  }

  /** Changed ignore files count from the next question on. */
  filesChanged(changes: readonly FileChange[]): void {
    if (!changes.some((change) => IGNORE_FILE_NAMES.includes(path.basename(change.path)))) return;
    this.known.clear();
    for (const rules of this.rules) rules.invalidate();
  }

  /** @param file absolute; absent = the document has none */
  maySave(file: string | undefined): boolean {
    if (file === undefined) return false;
    const known = this.known.get(file);
    if (known !== undefined) return known;
    const may = this.rules.some((rules) => 'included' in rules.verdict(file));
    this.known.set(file, may);
    return may;
  }
}

/** Whether the content may be saved, whatever the file is called. */
export function maySaveText(text: string): boolean {
  return !holdsSecret(text);
}
