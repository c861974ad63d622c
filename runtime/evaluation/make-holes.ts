/** Holes cut out of real files, so that anyone can measure a model on their own code. */
import { indentationWidth } from '../completion/indentation';
import { seededRandom } from '../models/seeded-random';
import { HOLE_KINDS, type Hole, type HoleKind } from './hole';

export interface RepoFile {
  /** Relative to the repository, with forward slashes. */
  path: string;
  text: string;
  language: string;
}

export interface MakeHolesOptions {
  count: number;
  /** Parts of each kind; `rest` alone when nothing is said. */
  kinds?: Partial<Record<HoleKind, number>>;
  /** Holes with about this many tokens before them, in turn; anywhere when nothing is said. */
  depths?: readonly number[];
}

/** As in the measurements that the model was published with. */
const REST_UNITS = { min: 4, max: 80 };
const BLOCK_LINES = { min: 2, max: 12 };
/** Smaller files have no context, larger ones are seldom written by hand. */
const FILE_UNITS = { min: 300, max: 200_000 };
/** Half of the `rest` holes begin after one of these, where editors ask by themselves; the others anywhere. */
const TRIGGER = /[.([{,=:;<"'`\s/@]/;
const ATTEMPTS_PER_HOLE = 200;
/** Of code, on average: depths are counted without a tokeniser, so that they are the same for every model. */
const UNITS_PER_TOKEN = 4;
/** A depth of 1,000 tokens is one from 750 to 1,333. */
const DEPTH_TOLERANCE = 0.75;

/** Deterministic: the same files and seed give the same holes, in an order that mixes files. */
export function makeHoles(files: readonly RepoFile[], seed: number, options: MakeHolesOptions): Hole[] {
  const random = seededRandom(seed);
  const usable = files
    .filter(({ text }) => text.length >= FILE_UNITS.min && text.length <= FILE_UNITS.max)
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  if (usable.length === 0) return [];
  const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random() * items.length)];
  const kinds = shares(options.kinds ?? { rest: 1 }, options.count);
  const holes: Hole[] = [];
  const taken = new Set<string>();
  let rests = 0;
  const depths = options.depths ?? [];
  const deepEnough = new Map(
    depths.map((depth) => [
      depth,
      usable.filter(({ text }) => text.length > depth * DEPTH_TOLERANCE * UNITS_PER_TOKEN),
    ]),
  );
  for (
    let attempt = 0;
    holes.length < kinds.length && attempt < options.count * ATTEMPTS_PER_HOLE;
    attempt++
  ) {
    const kind = kinds[holes.length]!;
    // A depth that no file has is given up for the next one, rather than asked for without end.
    const depth = depths[(holes.length + Math.floor(attempt / ATTEMPTS_PER_HOLE)) % depths.length];
    const deep = depth === undefined ? usable : (deepEnough.get(depth) ?? []);
    if (deep.length === 0) continue;
    const file = pick(deep)!;
    const text = file.text.replace(/\r\n?/g, '\n');
    const span = cut(kind, text, pick, rests % 2 === 0, depth);
    if (!span || taken.has(`${file.path}:${span.line}`)) continue;
    taken.add(`${file.path}:${span.line}`);
    if (kind === 'rest') rests++;
    holes.push({
      id: `${file.path}:${span.line + 1}:${kind}`,
      language: file.language,
      path: file.path,
      kind,
      before: text.slice(0, span.start),
      after: text.slice(span.end),
      target: text.slice(span.start, span.end),
      repo: [],
    });
  }
  return holes;
}

interface Span {
  line: number;
  start: number;
  end: number;
}

type Pick = <T>(items: readonly T[]) => T | undefined;

/** Numbers of the lines that have about `depth` tokens before them; all without a depth. */
function linesAtDepth(lines: readonly string[], depth: number | undefined): number[] {
  if (depth === undefined) return [...lines.keys()];
  const wanted = depth * UNITS_PER_TOKEN;
  const found: number[] = [];
  let start = 0;
  for (const [line, { length }] of lines.entries()) {
    if (start >= wanted * DEPTH_TOLERANCE && start <= wanted / DEPTH_TOLERANCE) found.push(line);
    start += length + 1;
  }
  return found;
}

function cut(
  kind: HoleKind,
  text: string,
  pick: Pick,
  atTrigger: boolean,
  depth: number | undefined,
): Span | undefined {
  const lines = text.split('\n');
  const line = pick(linesAtDepth(lines, depth));
  if (line === undefined) return undefined;
  const content = lines[line]!;
  if (content.trim() === '') return undefined;
  const lineStart = lines.slice(0, line).reduce((sum, { length }) => sum + length + 1, 0);
  const indentation = content.length - content.trimStart().length;
  const end = lineStart + content.trimEnd().length;
  switch (kind) {
    case 'rest': {
      const places = restPlaces(content.trimEnd(), indentation, atTrigger);
      return places.length === 0 ? undefined : { line, start: lineStart + pick(places)!, end };
    }
    case 'line': {
      const length = end - lineStart - indentation;
      const fits = length >= REST_UNITS.min && length <= REST_UNITS.max;
      return fits ? { line, start: lineStart + indentation, end } : undefined;
    }
    case 'block':
      return block(lines, line, lineStart, indentation);
  }
}

/** Columns where the rest of the line has a length that a suggestion may have. */
export function restPlaces(content: string, indentation: number, atTrigger: boolean): number[] {
  const places: number[] = [];
  for (let column = indentation + 1; column < content.length; column++) {
    const rest = content.length - column;
    if (
      rest < REST_UNITS.min ||
      rest > REST_UNITS.max ||
      content.slice(column).trim().length < REST_UNITS.min
    )
      continue;
    if (!atTrigger || TRIGGER.test(content[column - 1]!)) places.push(column);
  }
  return places;
}

/** The lines that are deeper than `line`, from the first one's text to the last one's end; blank lines between them stay. */
function block(
  lines: readonly string[],
  line: number,
  lineStart: number,
  indentation: number,
): Span | undefined {
  let last = line;
  for (let next = line + 1; next < lines.length; next++) {
    const content = lines[next]!;
    if (content.trim() === '') continue;
    if (content.length - content.trimStart().length <= indentation) break;
    last = next;
  }
  const count = last - line;
  if (count < BLOCK_LINES.min || count > BLOCK_LINES.max || lines[line + 1]!.trim() === '') return undefined;
  const first = lines[line + 1]!;
  // One column deeper is a block comment's ` * `, not a block.
  if (indentationWidth(first) - indentationWidth(lines[line]!) < 2) return undefined;
  const bodyStart = lineStart + lines[line]!.length + 1;
  const body = lines
    .slice(line + 1, last + 1)
    .join('\n')
    .trimEnd();
  return {
    line: line + 1,
    start: bodyStart + first.length - first.trimStart().length,
    end: bodyStart + body.length,
  };
}

/** `count` kinds in their parts, interleaved. */
function shares(parts: Partial<Record<HoleKind, number>>, count: number): HoleKind[] {
  const total = HOLE_KINDS.reduce((sum, kind) => sum + (parts[kind] ?? 0), 0);
  const given = new Map<HoleKind, number>(HOLE_KINDS.map((kind) => [kind, 0]));
  return Array.from({ length: count }, (_, i) => {
    const owed = (kind: HoleKind) => ((parts[kind] ?? 0) / total) * (i + 1) - given.get(kind)!;
    const next = HOLE_KINDS.reduce((best, kind) => (owed(kind) > owed(best) ? kind : best));
    given.set(next, given.get(next)! + 1);
    return next;
  });
}
