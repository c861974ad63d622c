import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { HubFile } from '../protocol/models';

/**
 * Works out a file's checksum as its bytes come in: SHA-256 of large files, of the others what git names them by.
 * Undefined where the hub names none.
 */
export function checksumOf({ size, sha256, gitSha1 }: HubFile) {
  const expected = sha256 ?? gitSha1;
  if (expected === undefined) return undefined;
  const hash = createHash(sha256 ? 'sha256' : 'sha1');
  if (!sha256) hash.update(`blob ${size}\0`);
  return {
    update: (bytes: Uint8Array): void => void hash.update(bytes),
    fits: (): boolean => hash.digest('hex') === expected,
  };
}

export type RunningChecksum = ReturnType<typeof checksumOf>;

/** Takes in what lies in a file already. */
export async function updateFromFile(checksum: RunningChecksum, file: string): Promise<void> {
  if (checksum) for await (const chunk of createReadStream(file)) checksum.update(chunk as Uint8Array);
}
