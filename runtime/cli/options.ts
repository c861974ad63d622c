import { parseArgs, type ParseArgsConfig } from 'node:util';

export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

const commonOptions = {
  model: { type: 'string' },
  threads: { type: 'string' },
  data: { type: 'string' },
  json: { type: 'boolean' },
} as const satisfies ParseArgsConfig['options'];

export const providerNames = ['auto', 'cpu', 'webgpu', 'mixed'] as const;

/** Of commands that run a model alone. */
export const modelOptions = { provider: { type: 'string' }, precision: { type: 'string' } } as const;

export interface CommonValues {
  model?: string;
  threads?: string;
  data?: string;
  json?: boolean;
}

/** Options of one command besides the common ones, and its arguments. */
export function parse<const O extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: O,
) {
  const parsed = parseArgs({
    args: [...args],
    options: { ...commonOptions, ...options },
    allowPositionals: true,
    strict: true,
  });
  return { values: parsed.values as typeof parsed.values & CommonValues, positionals: parsed.positionals };
}

export function wholeNumber(name: string, value: string | undefined, fallback: number, least = 0): number {
  if (value === undefined) return fallback;
  const number = Number(value);
  if (!Number.isInteger(number) || number < least)
    throw new UsageError(`--${name} takes a whole number from ${least}, not "${value}".`);
  return number;
}

/** Whole numbers with commas between. */
export function lengths(name: string, value: string | undefined, fallback: number[]): number[] {
  if (value === undefined) return fallback;
  const numbers = value.split(',').map(Number);
  if (numbers.some((n) => !Number.isInteger(n) || n < 1))
    throw new UsageError(`--${name} takes whole numbers with commas between.`);
  return numbers;
}

export function oneOf<const T extends string>(
  name: string,
  value: string | undefined,
  allowed: readonly T[],
  fallback: T,
): T {
  if (value === undefined) return fallback;
  if (!(allowed as readonly string[]).includes(value)) {
    throw new UsageError(`--${name} is one of ${allowed.join(', ')}, not "${value}".`);
  }
  return value as T;
}

export interface Place {
  file: string;
  /** From 1, as editors show them. */
  line: number;
  column: number;
}

/** FILE:LINE:COLUMN; the file's name may hold colons itself. */
export function parsePlace(text: string): Place {
  const match = /^(.+):(\d+):(\d+)$/s.exec(text);
  if (!match) throw new UsageError(`"${text}" is no place; write FILE:LINE:COLUMN, counted from 1.`);
  return { file: match[1]!, line: Number(match[2]), column: Number(match[3]) };
}

/** Offset of a place in a text; a column beyond its line's end is the line's end. */
export function offsetOf(text: string, { file, line, column }: Place): number {
  let start = 0;
  for (let n = 1; n < line; n++) {
    const end = text.indexOf('\n', start);
    if (end < 0) throw new UsageError(`${file} has only ${n} lines.`);
    start = end + 1;
  }
  const end = text.indexOf('\n', start);
  let lineEnd = end < 0 ? text.length : end;
  if (lineEnd > start && text[lineEnd - 1] === '\r') lineEnd--;
  return Math.min(start + Math.max(0, column - 1), lineEnd);
}
