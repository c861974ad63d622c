import { randomBytes } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { UserError } from '../protocol/errors';
import type { MeetingPoint } from '../wire/meeting-point';

/** Bytes that every system takes for a socket's path: macOS has room for 103, Linux for 107. */
const maxPathBytes = 103;

/**
 * Where an engine listens: beside its other files, or below the system's temporary folder where that path is too long.
 * A Windows pipe has a name of its own at each start, so that nobody can take it before the engine does.
 * @throws UserError when the folder is not this user's alone
 */
export function socketPath({ base, socket }: MeetingPoint, platform = process.platform): string {
  if (platform === 'win32') {
    mkdirSync(path.dirname(socket), { recursive: true });
    return `\\\\.\\pipe\\longview-${randomBytes(16).toString('hex')}`;
  }
  ownFolder(path.dirname(socket));
  if (Buffer.byteLength(socket) <= maxPathBytes) return socket;
  const folder = path.join(tmpdir(), `longview-${userInfo().uid}`);
  ownFolder(folder);
  return path.join(folder, `${path.basename(base)}.sock`);
}

/** Makes the folder where there is none, for its owner alone; refuses one that is another's, or a link to elsewhere. */
function ownFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const info = lstatSync(folder);
  const { uid } = userInfo();
  if (!info.isDirectory() || info.uid !== uid) {
    throw new UserError(
      `Longview needs the folder ${folder} for itself, but it is not yours. Have it removed or renamed.`,
    );
  }
  chmodSync(folder, 0o700);
}
