/** A process that speaks just enough of the protocol to test its client: it echoes, waits, refuses or dies on request. */
import process from 'node:process';
import { setImmediate } from 'node:timers';
import rpc from 'vscode-jsonrpc/node';

const { createMessageConnection, IPCMessageReader, IPCMessageWriter, ResponseError } = rpc;

const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
const opened = [];
process.on('disconnect', () => process.exit(0));

connection.onRequest('initialize', (params) => {
  if (params.dataFolder === 'refuse') throw new ResponseError(-32603, 'No runtime for this platform.');
  if (params.dataFolder === 'die') process.exit(3);
  return { pid: process.pid, version: 'test' };
});
connection.onRequest('shutdown', () => void setImmediate(() => process.exit(0)));
connection.onNotification('document/opened', (item) => opened.push(item.uri));
connection.onRequest('index/files', () => opened.map((displayPath) => ({ displayPath, chunks: 0 })));
connection.onRequest('index/command', (_params, token) => {
  return new Promise((resolve) => {
    token.onCancellationRequested(() => resolve({ state: 'paused' }));
  });
});
connection.onRequest('doctor', () => process.exit(7));
connection.listen();
