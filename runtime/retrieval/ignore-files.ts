/**
 * The ignore files of a folder tree: .gitignore, .ignore and .longviewignore at every level, above them the
 * repository's .git/info/exclude, with git's precedence (a deeper file wins over a higher one, a later line over
 * an earlier one). Reads are synchronous and kept until `invalidate`.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import ignore, { type Ignore } from 'ignore';

/** In rising precedence within one folder. */
export const IGNORE_FILE_NAMES = ['.gitignore', '.ignore', '.longviewignore'];

/** An ignore file of more than this is not one. */
const MAX_IGNORE_FILE_BYTES = 1_000_000;

/**
 * A line of the ignore file in `folder` (relative to the matcher's root, '' = the root itself) as a line that means
 * the same in the root's own file. Undefined for comments and blank lines.
 */
export function rebasePattern(line: string, folder: string): string | undefined {
  let pattern = trimTrailingSpaces(line.replace(/\r$/, ''));
  if (pattern === '' || pattern.startsWith('#')) return undefined;
  if (folder === '') return pattern;
  const negated = pattern.startsWith('!');
  if (negated) pattern = pattern.slice(1);
  if (pattern === '' || pattern === '/') return undefined;
  const prefix = `/${folder.replace(/[\\*?[\]!# ]/g, '\\$&')}/`;
  const anchored = pattern.slice(0, -1).includes('/');
  const rest = anchored ? pattern.replace(/^\//, '') : `**/${pattern}`;
  return `${negated ? '!' : ''}${prefix}${rest}`;
}

/** Git drops trailing spaces unless a backslash quotes them. */
function trimTrailingSpaces(line: string): string {
  let end = line.length;
  while (end > 0 && line[end - 1] === ' ') {
    let slashes = 0;
    while (line[end - 2 - slashes] === '\\') slashes++;
    if (slashes % 2 === 1) break;
    end--;
  }
  return line.slice(0, end);
}

/** The nearest folder at or above `root` that git calls a working tree, or undefined. */
export function findRepositoryTop(root: string): string | undefined {
  for (let folder = root; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, '.git'))) return folder;
    if (path.dirname(folder) === folder) return undefined;
  }
}

export class IgnoreFiles {
  private readonly matchers = new Map<string, Ignore>();
  /** Patterns are relative to this: the repository's top, or the workspace folder where there is no repository. */
  private base: string;

  constructor(private readonly root: string) {
    this.base = this.chooseBase();
  }

  /** Forget what was read; the next question reads the files again. */
  invalidate(): void {
    this.matchers.clear();
    this.base = this.chooseBase();
  }

  /** Whether the ignore files leave out this path itself (its parents are asked about apart). Relative to the root. */
  ignores(relative: string, isDirectory: boolean): boolean {
    const full = this.toBase(relative);
    const folder = full.includes('/') ? full.slice(0, full.lastIndexOf('/')) : '';
    return this.matcherOf(folder).test(isDirectory ? `${full}/` : full).ignored;
  }

  private chooseBase(): string {
    const top = findRepositoryTop(this.root);
    if (!top || top === this.root) return this.root;
    this.base = top;
    const relative = this.toBase('');
    const parent = relative.includes('/') ? relative.slice(0, relative.lastIndexOf('/')) : '';
    // Who opens a folder that the repository around it ignores wants to see it: then only its own files count.
    const ignored = this.matcherOf(parent).test(`${relative}/`).ignored;
    this.matchers.clear();
    return ignored ? this.root : top;
  }

  private toBase(relative: string): string {
    const outer = path.relative(this.base, this.root).split(path.sep).join('/');
    return outer === '' ? relative : relative === '' ? outer : `${outer}/${relative}`;
  }

  /** The rules that hold for entries of `folder`, one list from the top down. */
  private matcherOf(folder: string): Ignore {
    const known = this.matchers.get(folder);
    if (known) return known;
    const parent =
      folder === ''
        ? this.topMatcher()
        : this.matcherOf(folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : '');
    const lines = IGNORE_FILE_NAMES.flatMap((name) =>
      readPatterns(path.join(this.base, folder, name), folder),
    );
    // Most folders have no ignore file of their own and share their parent's matcher.
    const matcher = lines.length === 0 ? parent : newMatcher().add(parent).add(lines);
    this.matchers.set(folder, matcher);
    return matcher;
  }

  private topMatcher(): Ignore {
    return newMatcher().add(readPatterns(infoExcludeFile(this.base), ''));
  }
}

function newMatcher(): Ignore {
  // Git compares as the file system does.
  return ignore({ ignorecase: process.platform === 'win32' || process.platform === 'darwin' });
}

function readPatterns(file: string, folder: string): string[] {
  try {
    if (!statSync(file).isFile() || statSync(file).size > MAX_IGNORE_FILE_BYTES) return [];
    const text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
    return text.split('\n').flatMap((line) => rebasePattern(line, folder) ?? []);
  } catch {
    // Absent, or not readable: then it says nothing.
    return [];
  }
}

/** In a linked worktree `.git` is a file that names the real folder; the exclude file lies in the common one. */
function infoExcludeFile(top: string): string {
  const dotGit = path.join(top, '.git');
  try {
    if (statSync(dotGit).isFile()) {
      const target = /^gitdir:\s*(.+)$/m.exec(readFileSync(dotGit, 'utf8'))?.[1]?.trim();
      if (target) {
        const gitDir = path.resolve(top, target);
        const common = readFileSync(path.join(gitDir, 'commondir'), 'utf8').trim();
        return path.join(path.resolve(gitDir, common), 'info', 'exclude');
      }
    }
  } catch {
    // No repository, or a submodule without a common folder: the plain place is tried.
  }
  return path.join(dotGit, 'info', 'exclude');
}
