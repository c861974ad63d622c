/** Commits of a repository, read through git: what was changed together, and how each file read before and after. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { UserError, messageOf } from '../protocol/errors';

/** Lines of a file that a commit replaced; lines count from 0. */
export interface Hunk {
  /** Where the lines stood that were taken out. */
  oldStart: number;
  oldLines: number;
  /** Where those stand that were put in. */
  newStart: number;
  newLines: number;
}

export interface ChangedFile {
  path: string;
  before: string;
  after: string;
  hunks: Hunk[];
}

const maxBytes = 64 * 1024 * 1024;

export class GitHistory {
  constructor(private readonly folder: string) {}

  /** Ids, newest first, without merges and the very first one. @throws UserError where the folder is no repository */
  async commits(limit: number): Promise<string[]> {
    const log = await this.git(
      'log',
      '--no-merges',
      '--min-parents=1',
      `--max-count=${limit}`,
      '--format=%H',
    );
    return log.split('\n').filter((line) => line !== '');
  }

  /** The wanted files that a commit changed and did not add, delete or rename. */
  async changed(commit: string, wanted: (path: string) => boolean): Promise<ChangedFile[]> {
    const parent = `${commit}^`;
    const names = await this.git('diff', '--name-only', '-z', '--diff-filter=M', parent, commit);
    const paths = names.split('\0').filter((name) => name !== '' && wanted(name));
    return Promise.all(paths.map((path) => this.changedFile(parent, commit, path)));
  }

  /** Paths of all files just before a commit. */
  async filesBefore(commit: string): Promise<string[]> {
    const tree = await this.git('ls-tree', '-r', '-z', '--name-only', `${commit}^`);
    return tree.split('\0').filter((name) => name !== '');
  }

  textBefore(commit: string, path: string): Promise<string> {
    return this.git('show', `${commit}^:${path}`);
  }

  private async changedFile(parent: string, commit: string, path: string): Promise<ChangedFile> {
    const [before, after, diff] = await Promise.all([
      this.git('show', `${parent}:${path}`),
      this.git('show', `${commit}:${path}`),
      this.git('diff', '--unified=0', '--no-color', '--no-ext-diff', parent, commit, '--', path),
    ]);
    return { path, before, after, hunks: parseHunks(diff) };
  }

  private async git(...args: string[]): Promise<string> {
    try {
      const { stdout } = await promisify(execFile)('git', args, { cwd: this.folder, maxBuffer: maxBytes });
      return stdout;
    } catch (error) {
      throw new UserError(
        `git ${args[0]} failed in ${this.folder}: ${messageOf(error).trim().split('\n').at(-1)}`,
      );
    }
  }
}

/** The `@@ -a,b +c,d @@` lines of a diff without context. */
export function parseHunks(diff: string): Hunk[] {
  return [...diff.matchAll(/^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/gm)].map(([, ...parts]) => {
    const [oldAt, oldLines, newAt, newLines] = parts.map((part) => Number(part ?? 1)) as [
      number,
      number,
      number,
      number,
    ];
    // A side without lines names the line before the place.
    return {
      oldStart: oldLines === 0 ? oldAt : oldAt - 1,
      oldLines,
      newStart: newLines === 0 ? newAt : newAt - 1,
      newLines,
    };
  });
}
