/**
 * The one place that decides whether a path may be read: for the index, for the CLI, for context at read time.
 * Order of the questions: inside the root? a secret? excluded by name? by the editor's globs? by an ignore file?
 */
import { realpathSync } from 'node:fs';
import path from 'node:path';
import ignore, { type Ignore } from 'ignore';
import type { SkipReason } from '../protocol/index-status';
import { builtInSkip } from './built-in-excludes';
import { globToIgnorePatterns } from './editor-globs';
import { IgnoreFiles } from './ignore-files';
import { isSecretName } from './secrets';

export type Verdict = { included: true } | { skipped: SkipReason };

export interface PathRulesOptions {
  /** The editor's exclude globs, relative to the root. */
  excludeGlobs?: readonly string[];
}

export interface PathRules {
  readonly root: string;
  /**
   * May this absolute path be read? Asks about every folder above it too, and about the place that a symbolic link
   * leads to. The path need not exist. Says nothing about the content: see `readTextFile`.
   */
  verdict(file: string, isDirectory?: boolean): Verdict;
  /** The same for one entry whose folder is known to be included; `relative` has forward slashes. For the walk. */
  entryVerdict(relative: string, isDirectory: boolean): Verdict;
  /** Read the ignore files anew at the next question. */
  invalidate(): void;
}

const INCLUDED: Verdict = { included: true };

export function createPathRules(root: string, options: PathRulesOptions = {}): PathRules {
  const base = path.resolve(root);
  const realBase = realPath(base) ?? base;
  const ignoreFiles = new IgnoreFiles(realBase);
  const globs = editorMatcher(options.excludeGlobs ?? []);
  const folders = new Map<string, Verdict>();

  function entryVerdict(relative: string, isDirectory: boolean): Verdict {
    const name = relative.slice(relative.lastIndexOf('/') + 1);
    if (isSecretName(name, isDirectory)) return { skipped: 'secret' };
    const builtIn = builtInSkip(name, isDirectory);
    if (builtIn) return { skipped: builtIn };
    if (globs?.test(isDirectory ? `${relative}/` : relative).ignored) return { skipped: 'excluded' };
    if (ignoreFiles.ignores(relative, isDirectory)) return { skipped: 'ignored' };
    return INCLUDED;
  }

  function folderVerdict(relative: string): Verdict {
    if (relative === '') return INCLUDED;
    const known = folders.get(relative);
    if (known) return known;
    const slash = relative.lastIndexOf('/');
    const parent = folderVerdict(slash < 0 ? '' : relative.slice(0, slash));
    const verdict = 'skipped' in parent ? parent : entryVerdict(relative, true);
    folders.set(relative, verdict);
    return verdict;
  }

  function relativeVerdict(relative: string, isDirectory: boolean): Verdict {
    if (isDirectory) return folderVerdict(relative);
    const slash = relative.lastIndexOf('/');
    const parent = folderVerdict(slash < 0 ? '' : relative.slice(0, slash));
    return 'skipped' in parent ? parent : entryVerdict(relative, false);
  }

  return {
    root: base,
    entryVerdict,
    verdict(file, isDirectory = false) {
      const asked = path.resolve(file);
      const relative = relativeTo(base, asked) ?? relativeTo(realBase, asked);
      if (relative === undefined) return { skipped: 'outside' };
      const byName = relativeVerdict(relative, isDirectory);
      if ('skipped' in byName) return byName;
      // A link's name says nothing about what it leads to.
      const real = realPath(asked);
      if (real === undefined || real === path.join(realBase, relative)) return byName;
      const realRelative = relativeTo(realBase, real);
      if (realRelative === undefined) return { skipped: 'outside' };
      return relativeVerdict(realRelative, isDirectory);
    },
    invalidate() {
      folders.clear();
      ignoreFiles.invalidate();
    },
  };
}

/** With forward slashes; '' for the root itself; undefined when outside. */
export function relativeTo(root: string, file: string): string | undefined {
  const relative = path.relative(root, file);
  if (relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative))
    return undefined;
  return path.sep === '/' ? relative : relative.split(path.sep).join('/');
}

function editorMatcher(globs: readonly string[]): Ignore | undefined {
  const patterns = globs.flatMap(globToIgnorePatterns);
  return patterns.length === 0
    ? undefined
    : ignore({ ignorecase: process.platform === 'win32' }).add(patterns);
}

/** Undefined when the path, or a link on the way, leads nowhere (or in a circle). */
function realPath(file: string): string | undefined {
  try {
    return realpathSync.native(file);
  } catch {
    return undefined;
  }
}
