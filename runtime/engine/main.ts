/** Entry of the engine process. Forked by the editor; speaks JSON-RPC over the fork's IPC channel. */
import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import { findAssets } from './assets';
import { serve } from './server';

const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));

// The editor is gone: nobody is left to work for.
process.on('disconnect', () => process.exit(0));
// A broken invariant leaves the process in an unknown state; the editor starts a fresh one.
process.on('uncaughtException', (error) => {
  console.error(error);
  process.exit(1);
});

serve(connection, findAssets(__dirname), () => process.exit(0));
connection.listen();
