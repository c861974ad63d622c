import { connect, type Socket } from 'node:net';
import { introduce } from './handshake';
import { readAddress, type Address, type MeetingPoint } from './meeting-point';

export interface Joined {
  socket: Socket;
  address: Address;
}

/** An engine that does not answer for this long is stopped in its tracks, or about to end. */
const answerMs = 3_000;

/** A socket to the engine that meets its windows here; undefined where none takes us in. */
export async function join(point: MeetingPoint): Promise<Joined | undefined> {
  const address = readAddress(point);
  if (!address) return undefined;
  const socket = connect(address.socket);
  // Between two readers an error has no other listener.
  socket.on('error', () => undefined);
  try {
    await introduce(socket, address.secret, answerMs);
    return { socket, address };
  } catch {
    socket.destroy();
    return undefined;
  }
}
