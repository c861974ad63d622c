import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError, messageOf } from '../protocol/errors';
import { isSecretName } from '../retrieval/secrets';
import { decodeText } from '../retrieval/text-file';

/** Larger files are data, not something that a person wrote and wants summed up. */
const maxBytes = 10_000_000;

/**
 * Text of a file that the user named. Unlike the index this reads generated and ignored files too, but never secrets.
 * @throws UserError when it is missing, unreadable, binary, too large, or holds secrets by its name
 */
export async function readSource(file: string): Promise<string> {
  const name = path.basename(file);
  if (isSecretName(name, false)) {
    throw new UserError(`${name} looks like a file of secrets by its name; Longview never reads those.`);
  }
  let bytes: Buffer;
  try {
    const info = await stat(file);
    if (!info.isFile()) throw new UserError(`${name} is not a file.`);
    if (info.size > maxBytes) {
      throw new UserError(
        `${name} is too large (${(info.size / 1e6).toFixed(0)} MB; the limit is ${maxBytes / 1e6} MB).`,
      );
    }
    bytes = await readFile(file);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `${name} cannot be read (${messageOf(error)}). Check that it exists and that you may read it.`,
      {
        cause: error,
      },
    );
  }
  const text = decodeText(bytes);
  if (text === undefined)
    throw new UserError(`${name} is a binary file; there is no text in it to work with.`);
  return text;
}
