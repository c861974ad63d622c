/** The values that messages and files are made of, checked. */
import type { LineRange } from '../../runtime/protocol/text';
import { isRecord } from '../../runtime/protocol/json';

/** UTF-16 units. */
export const pathLimit = 4_096;
const lineLimit = 10_000_000;

/** The list with every entry parsed; undefined where it is none, is too long, or holds anything else. */
export function listOf<T>(
  value: unknown,
  limit: number,
  parse: (entry: unknown) => T | undefined,
): T[] | undefined {
  if (!Array.isArray(value) || value.length > limit) return undefined;
  const parsed = value.map(parse).filter((entry) => entry !== undefined);
  return parsed.length === value.length ? parsed : undefined;
}

export function parseRange(value: unknown): LineRange | undefined {
  if (!isRecord(value) || !isCount(value.startLine) || !isCount(value.endLine)) return undefined;
  return value.endLine >= value.startLine
    ? { startLine: value.startLine, endLine: value.endLine }
    : undefined;
}

export function isText(value: unknown, limit: number): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= limit;
}

/** Numbers of turns grow from the time at which the window began. */
export function isId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

export function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= lineLimit;
}
