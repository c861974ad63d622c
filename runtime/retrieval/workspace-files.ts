/** The files of all folders of a window, as context for one of them may be made of. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { displayPrefixes } from '../protocol/display-names';
import type { WorkspaceFolder } from '../protocol/engine';
import { createPathRules, relativeTo, type PathRules } from './path-rules';
import { filesOnDisk, type SourceFiles } from './source-files';

export interface LocatedFile {
  /** Relative to its folder, forward slashes. */
  path: string;
  /** All files of that folder. */
  files: SourceFiles;
  /** Of the display paths of that folder's files. */
  prefix: string;
}

export class WorkspaceFiles {
  private readonly folders: readonly { rules: PathRules; prefix: string }[];

  constructor(folders: readonly WorkspaceFolder[], excludeGlobs: readonly string[]) {
    const prefixes = displayPrefixes(folders);
    this.folders = folders
      .map((folder, at) => ({
        rules: createPathRules(folder.path, { excludeGlobs }),
        prefix: prefixes[at]!,
      }))
      // The innermost folder knows a file best.
      .sort((a, b) => b.rules.root.length - a.rules.root.length);
  }

  /** Undefined outside of every folder, and for files that must not be read: those are completed from themselves alone. */
  locate(file: string): LocatedFile | undefined {
    for (const { rules, prefix } of this.folders) {
      const relative = relativeTo(rules.root, file);
      if (relative === undefined) continue;
      return 'skipped' in rules.verdict(file)
        ? undefined
        : { path: relative, files: filesOnDisk(rules), prefix };
    }
    return undefined;
  }

  /**
   * The file that another program means: by an absolute path, by one relative to a folder, or by its display path. Undefined
   * where there is none, and for files that must not be read.
   */
  find(name: string): string | undefined {
    const meant = this.folders.flatMap(({ rules: { root }, prefix }) => [
      path.resolve(root, name),
      ...(prefix !== '' && name.startsWith(prefix) ? [path.resolve(root, name.slice(prefix.length))] : []),
    ]);
    return meant.find((file) => existsSync(file) && this.locate(file) !== undefined);
  }

  /** Ignore files may have changed. */
  invalidate(): void {
    for (const { rules } of this.folders) rules.invalidate();
  }
}
