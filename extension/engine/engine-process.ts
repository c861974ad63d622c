import { fork, type ChildProcess } from 'node:child_process';
import {
  IPCMessageReader,
  IPCMessageWriter,
  createMessageConnection,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import { Shutdown } from '../../runtime/protocol/methods';
import { launchEnvironment } from './launch-environment';

export interface EngineExit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The last lines that the process wrote to stderr, for the log. */
  stderr: string;
}

/** How long a stopping engine may take before it is ended by the system. */
const politeMs = 2_000;
const stderrTail = 4_000;

/** One running engine: the child process and the connection to it. Never restarted; a new one takes its place. */
export class EngineProcess {
  readonly connection: MessageConnection;
  /** Settles once, when the process is gone. */
  readonly exited: Promise<EngineExit>;
  private readonly child: ChildProcess;
  private gone = false;

  constructor(modulePath: string) {
    this.child = fork(modulePath, [], {
      execArgv: [],
      env: launchEnvironment(process.env, process.versions.electron !== undefined),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let stderr = '';
    this.child.stderr?.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString('utf8')).slice(-stderrTail);
    });
    this.connection = createMessageConnection(
      new IPCMessageReader(this.child),
      new IPCMessageWriter(this.child),
    );
    this.exited = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null) => {
        if (this.gone) return;
        this.gone = true;
        // Rejects whatever is still waiting for an answer.
        this.connection.dispose();
        resolve({ code, signal, stderr: stderr.trim() });
      };
      this.child.once('exit', end);
      this.child.once('error', (error) => {
        stderr += error.message;
        if (this.child.pid === undefined) end(null, null);
      });
    });
    // Without listeners, a broken pipe between crash and exit would be an uncaught error in the extension host.
    this.connection.onError(() => undefined);
    this.connection.onClose(() => undefined);
    this.connection.listen();
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Asks the engine to end, and ends it when it does not. Settles when the process is gone. */
  async stop(): Promise<EngineExit> {
    if (!this.gone) {
      const politely = setTimeout(() => this.child.kill('SIGTERM'), politeMs);
      const hard = setTimeout(() => this.child.kill('SIGKILL'), 2 * politeMs);
      this.connection.sendRequest(Shutdown).then(
        () => this.disconnect(),
        () => this.child.kill('SIGTERM'),
      );
      await this.exited;
      clearTimeout(politely);
      clearTimeout(hard);
    }
    return this.exited;
  }

  private disconnect(): void {
    if (this.child.connected) this.child.disconnect();
  }
}
