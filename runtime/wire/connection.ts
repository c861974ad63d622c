import type { Socket } from 'node:net';
import { SocketMessageWriter, createMessageConnection, type MessageConnection } from 'vscode-jsonrpc/node';
import { BoundedReader } from './bounded-reader';

/** JSON-RPC over a socket whose two sides have proven themselves. Not listening yet. */
export function connectionOver(socket: Socket): MessageConnection {
  const connection = createMessageConnection(new BoundedReader(socket), new SocketMessageWriter(socket));
  // Without listeners a broken socket would be an uncaught error; its end is told by `close`.
  connection.onError(() => undefined);
  connection.onClose(() => undefined);
  return connection;
}
