/**
 * An engine that is met, shared and ended like the real one, and speaks just enough of the protocol to test its clients:
 * it echoes, waits, refuses or dies on request. What it is to do stands where the settings name the model.
 */
import { parseArgs } from 'node:util';
import { ResponseError } from 'vscode-jsonrpc';
import { host } from '../../../runtime/engine/host';
import type { DoctorReport } from '../../../runtime/protocol/engine';
import type { IndexStatus } from '../../../runtime/protocol/index-status';
import * as methods from '../../../runtime/protocol/methods';
import { meetingPointAt } from '../../../runtime/wire/meeting-point';

const { meet } = parseArgs({ options: { meet: { type: 'string' } } }).values;
let windows = 0;

void host(
  meetingPointAt(meet!),
  {
    serve(connection, { onLeave, onShutdown }) {
      const opened: string[] = [];
      windows++;
      connection.onRequest(methods.Initialize, ({ settings }) => {
        if (settings.completionModel === 'refuse')
          throw new ResponseError(-32603, 'No runtime for this platform.');
        if (settings.completionModel === 'die') {
          console.error('The last words.');
          process.exit(3);
        }
        return { pid: process.pid, version: 'test' };
      });
      connection.onRequest(methods.Leave, () => ({ last: onLeave() }));
      connection.onRequest(methods.Shutdown, () => onShutdown());
      connection.onNotification(methods.DocumentOpened, (item) => void opened.push(item.uri));
      connection.onRequest(methods.IndexFiles, () =>
        opened.map((uri) => ({ path: uri, displayPath: uri, chunks: 0 })),
      );
      connection.onRequest(
        methods.IndexCommand,
        (_, token) =>
          new Promise((resolve) => {
            token.onCancellationRequested(() => resolve({ state: 'paused' } as IndexStatus));
          }),
      );
      connection.onRequest(methods.Doctor, (): DoctorReport => process.exit(7));
      connection.onRequest(methods.ClearData, () => ({ bytesFreed: windows }));
      return {
        close: () => Promise.resolve(void windows--),
        tellEnding: () => connection.sendNotification(methods.Ending),
      };
    },
    dispose: () => Promise.resolve(),
  },
  { untilFirst: 2_000, afterLast: 300 },
);
