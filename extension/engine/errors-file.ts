import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync } from 'node:fs';
import path from 'node:path';

const tailBytes = 4_000;
/** A file that has grown beyond this is begun anew by the next start. */
const fileBytes = 64_000;

/** A descriptor to append to, of a file that its owner alone may read, and the bytes that are in it already. */
export function openErrors(file: string): { descriptor: number; size: number } {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const descriptor = openSync(file, 'a', 0o600);
  const { size } = fstatSync(descriptor);
  if (size <= fileBytes) return { descriptor, size };
  ftruncateSync(descriptor);
  return { descriptor, size: 0 };
}

/** The last that was written to the file, less the first `from` bytes. */
export function errorsTail(file: string, from: number): string {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    const { size } = fstatSync(descriptor);
    const start = Math.max(from, size - tailBytes);
    const bytes = Buffer.alloc(Math.max(0, size - start));
    return bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, bytes.length, start)).trim();
  } catch {
    return '';
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
