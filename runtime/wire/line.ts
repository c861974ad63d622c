import type { Socket } from 'node:net';

/** Longest line of a handshake, in bytes. */
const maxBytes = 1024;

/**
 * The next line of a socket that nobody else reads yet, without its end. What follows it stays in the socket.
 * @throws when the line is too long, does not end in time, or the socket closes first
 */
export function readLine(socket: Socket, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    const end = (settle: () => void) => {
      clearTimeout(timer);
      socket.off('data', onData).off('close', onClose).off('error', onError);
      socket.pause();
      settle();
    };
    const onData = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      const at = bytes.indexOf(0x0a);
      if (at > maxBytes || (at < 0 && bytes.length > maxBytes))
        return end(() => reject(new Error('The line is too long.')));
      if (at < 0) return;
      end(() => {
        if (at + 1 < bytes.length) socket.unshift(bytes.subarray(at + 1));
        resolve(bytes.subarray(0, at).toString('utf8'));
      });
    };
    const onClose = () => end(() => reject(new Error('The connection was closed.')));
    const onError = (error: Error) => end(() => reject(error));
    const timer = setTimeout(() => end(() => reject(new Error('No answer in time.'))), timeoutMs);
    socket.on('data', onData).on('close', onClose).on('error', onError);
    socket.resume();
  });
}
