/** Files of a workspace as context is made of them, wherever they lie: on disk, in an editor, in a test. */
import path from 'node:path';
import type { PathRules } from './path-rules';
import { readTextFile } from './text-file';

export interface SourceFiles {
  /**
   * Text of the file at `path` (relative to the workspace folder, forward slashes); undefined where there is none or
   * where it must not be read.
   */
  read(path: string): Promise<string | undefined>;
}

/** The files of a folder on disk, as far as its rules let them be read. */
export function filesOnDisk(rules: PathRules): SourceFiles {
  return {
    async read(relative) {
      const file = path.join(rules.root, relative);
      if ('skipped' in rules.verdict(file)) return undefined;
      const read = await readTextFile(file);
      return 'skipped' in read ? undefined : read.text;
    },
  };
}

/** Asks for each file once: for one piece of work, during which files are taken not to change. */
export function remembered(files: SourceFiles): SourceFiles {
  const known = new Map<string, Promise<string | undefined>>();
  return {
    read(relative) {
      let text = known.get(relative);
      if (!text) known.set(relative, (text = files.read(relative)));
      return text;
    },
  };
}
