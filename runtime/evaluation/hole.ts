import { UserError } from '../protocol/errors';

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
