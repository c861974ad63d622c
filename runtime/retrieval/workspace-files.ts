/** The files of all folders of a window, as context for one of them may be made of. */
import type { WorkspaceFolder } from '../protocol/engine';
import { displayPrefixes } from './display-names';
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
      const path = relativeTo(rules.root, file);
      if (path === undefined) continue;
      return 'skipped' in rules.verdict(file) ? undefined : { path, files: filesOnDisk(rules), prefix };
    }
    return undefined;
  }

  /** Ignore files may have changed. */
  invalidate(): void {
    for (const { rules } of this.folders) rules.invalidate();
  }
}
