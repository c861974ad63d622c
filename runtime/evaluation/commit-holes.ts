/**
 * Holes in what a commit added to one file, with what it changed in others as edits that were made just before: whether that
 * helps can be measured on real work alone.
 */
import { seededRandom } from '../models/seeded-random';
import { throwIfAborted } from '../protocol/errors';
import type { TextEdit } from '../protocol/text';
import { remembered } from '../retrieval';
import type { ChangedFile, GitHistory, Hunk } from './git-history';
import type { EditedFile, Hole } from './hole';
import { withRepository } from './hole-repository';
import { restPlaces } from './make-holes';

export interface CommitHolesOptions {
  seed: number;
  count: number;
  /** So many of the last commits are looked at. */
  commits: number;
  /** Undefined for files that are no code. */
  languageOf: (path: string) => string | undefined;
  signal: AbortSignal;
}

type Pick = <T>(items: readonly T[]) => T | undefined;

/** A commit of more files is seldom one person's work of an hour. */
const mostFiles = 8;
const attemptsPerCommit = 20;
const fileUnits = { min: 300, max: 200_000 };

/** One hole a commit, newest first. The repository is as it was before, but for the other files that the commit changed. */
export async function commitHoles(history: GitHistory, options: CommitHolesOptions): Promise<Hole[]> {
  const { languageOf, count, signal } = options;
  const random = seededRandom(options.seed);
  const pick: Pick = (items) => items[Math.floor(random() * items.length)];
  const holes: Hole[] = [];
  for (const commit of await history.commits(options.commits)) {
    if (holes.length === count) break;
    throwIfAborted(signal);
    const changed = await history.changed(commit, (path) => languageOf(path) !== undefined);
    if (changed.length < 2 || changed.length > mostFiles) continue;
    const hole = cutOnce(changed, holes.length % 2 === 0, pick, languageOf);
    if (!hole) continue;
    const sources = (await history.filesBefore(commit)).filter((path) => languageOf(path) !== undefined);
    const now = new Map(changed.map(({ path, after }) => [path, after]));
    const files = remembered({
      read: async (path) =>
        now.get(path) ?? (sources.includes(path) ? await history.textBefore(commit, path) : undefined),
    });
    const whole = await withRepository(hole, files, sources);
    holes.push({ ...whole, id: `${commit.slice(0, 10)}:${hole.id}` });
  }
  return holes;
}

function cutOnce(
  changed: readonly ChangedFile[],
  atTrigger: boolean,
  pick: Pick,
  languageOf: CommitHolesOptions['languageOf'],
): Hole | undefined {
  for (let attempt = 0; attempt < attemptsPerCommit; attempt++) {
    const file = pick(changed)!;
    if (file.after.length < fileUnits.min || file.after.length > fileUnits.max) continue;
    const others = changed.filter((other) => other !== file);
    const hole = commitHole(file, others, (path) => languageOf(path)!, pick, atTrigger);
    if (hole) return hole;
  }
  return undefined;
}

/** The rest of a line that `file` gained, in the state in which its author was there: what comes later is still to be written. */
export function commitHole(
  file: ChangedFile,
  others: readonly ChangedFile[],
  languageOf: (path: string) => string,
  pick: Pick,
  atTrigger: boolean,
): Hole | undefined {
  const lines = file.after.split('\n');
  const hunk = pick(file.hunks.filter(({ newLines }) => newLines > 0));
  if (!hunk) return undefined;
  const line = pick(Array.from({ length: hunk.newLines }, (_, i) => hunk.newStart + i))!;
  const content = lines[line]!.trimEnd();
  const column = pick(restPlaces(content, content.length - content.trimStart().length, atTrigger));
  if (column === undefined) return undefined;
  const oldLines = file.before.split('\n').slice(hunk.oldStart + hunk.oldLines);
  return {
    id: `${file.path}:${line + 1}:rest`,
    language: languageOf(file.path),
    path: file.path,
    kind: 'rest',
    before: [...lines.slice(0, line), content.slice(0, column)].join('\n'),
    after: ['', ...oldLines].join('\n'),
    target: content.slice(column),
    repo: [],
    edited: others.map((other) => editedFile(other, languageOf)),
  };
}

function editedFile(
  { path, before, after, hunks }: ChangedFile,
  languageOf: (path: string) => string,
): EditedFile {
  return { path, language: languageOf(path), text: before, edits: editsOf(before, after, hunks) };
}

/** The hunks as edits one after the other, from the top of the file to its end. */
export function editsOf(before: string, after: string, hunks: readonly Hunk[]): TextEdit[] {
  const oldLines = withEnds(before);
  const newLines = withEnds(after);
  const units = (lines: readonly string[]) => lines.reduce((sum, { length }) => sum + length, 0);
  return hunks.map(({ oldStart, oldLines: removed, newStart, newLines: added }) => ({
    // All above it is as it will be.
    offset: units(newLines.slice(0, newStart)),
    length: units(oldLines.slice(oldStart, oldStart + removed)),
    text: newLines.slice(newStart, newStart + added).join(''),
  }));
}

/** Lines with their ends. */
function withEnds(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
