import { UserError } from '../protocol/errors';
import type { TextEdit } from '../protocol/text';

export const HOLE_KINDS = ['rest', 'line', 'block'] as const;
export type HoleKind = (typeof HOLE_KINDS)[number];

/** A file with a piece taken out. `target` is what stood between `before` and `after`. */
export interface Hole {
  id: string;
  /** Editor's language id. */
  language: string;
  path: string;
  kind: HoleKind;
  before: string;
  after: string;
  target: string;
  /** Other files of the same repository. */
  repo: { path: string; text: string }[];
  /** What was changed in other files just before: each as it was, and its edits, first to last. */
  edited?: EditedFile[];
}

export interface EditedFile {
  path: string;
  language: string;
  text: string;
  edits: TextEdit[];
}

/** Reads the JSON Lines format of `eval holes`; blank lines are skipped. @throws UserError naming the line and what is wrong with it */
export function parseHoles(text: string, name = 'the file'): Hole[] {
  const holes: Hole[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() !== '') holes.push(parseHole(line, `Line ${index + 1} of ${name}`));
  }
  if (holes.length === 0) throw new UserError(`No holes in ${name}: it should have one JSON object a line.`);
  return holes;
}

function parseHole(line: string, where: string): Hole {
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(line) as Record<string, unknown>;
  } catch {
    throw new UserError(`${where} is not JSON: every line should be one hole.`);
  }
  for (const key of ['language', 'path', 'before', 'after', 'target'] as const) {
    if (typeof value?.[key] !== 'string') throw new UserError(`${where} has no text "${key}".`);
  }
  if (!HOLE_KINDS.includes(value.kind as HoleKind)) {
    throw new UserError(`${where} has an unknown "kind": use ${HOLE_KINDS.join(', ')}.`);
  }
  if (value.repo !== undefined && !isFileList(value.repo))
    throw new UserError(`${where} has a "repo" that is no list of files, each with "path" and "text".`);
  if (value.edited !== undefined && !isEditedList(value.edited))
    throw new UserError(
      `${where} has an "edited" that is no list of files, each with "path", "language", "text" and "edits".`,
    );
  return { repo: [], id: '', ...value } as unknown as Hole;
}

function isFileList(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every((file: Partial<Hole['repo'][number]> | null) => {
      return typeof file?.path === 'string' && typeof file.text === 'string';
    })
  );
}

function isEditedList(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every((file: Partial<EditedFile> | null) => {
      const { path, language, text, edits } = file ?? {};
      const texts = [path, language, text].every((part) => typeof part === 'string');
      return texts && Array.isArray(edits) && edits.every(isEdit);
    })
  );
}

function isEdit(edit: Partial<TextEdit> | null): boolean {
  const { offset, length, text } = edit ?? {};
  return Number.isInteger(offset) && Number.isInteger(length) && typeof text === 'string';
}
