import { readFileSync } from 'node:fs';
import { UserError, messageOf } from '../protocol/errors';

/** @throws UserError when the file cannot be read */
export function readFileText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UserError(`${file} cannot be read (${messageOf(error)}).`, { cause: error });
  }
}
