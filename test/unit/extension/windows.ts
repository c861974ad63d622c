/** Windows of the tests: clients of an engine, in this process or in one of their own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { EngineClient } from '../../../extension/engine/engine-client';
import type { EngineState } from '../../../extension/engine/engine-state';
import type { InitializeParams, LogRecord } from '../../../runtime/protocol/engine';

export interface WindowOptions {
  modulePath: string;
  dataFolder: string;
  version?: string;
  /** What a small engine is to do. */
  model?: string;
  log?: (record: LogRecord) => void;
  initialize?: Partial<InitializeParams>;
}

export function openWindow({ modulePath, dataFolder, version, model, log, initialize }: WindowOptions) {
  return new EngineClient({
    modulePath,
    version: version ?? 'test',
    initializeParams: () => ({
      dataFolder,
      modelsFolder: '',
      workspaceFolders: [],
      settings: {
        completionModel: model ?? '',
        provider: 'auto',
        memoryLimit: 1024,
        threads: 0,
        indexEnabled: true,
        backgroundReading: 'idle',
        storageLimit: 0,
        excludeGlobs: [],
      },
      ...initialize,
    }),
    log: log ?? (() => undefined),
    policy: { firstDelayMs: 10, longestDelayMs: 40, crashLimit: 3, windowMs: 60_000 },
  });
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Settles when the client reaches a state of this kind. */
export function reached(engine: EngineClient, kind: EngineState['kind']): Promise<EngineState> {
  return new Promise((resolve) => {
    if (engine.state.kind === kind) resolve(engine.state);
    engine.onState((state) => state.kind === kind && resolve(state));
  });
}

/** A window whose process is its own, so that it can be killed. */
export class WindowProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly enginePid: Promise<number>,
  ) {}

  /** @param program bundle of window-process.ts */
  static open(program: string, options: WindowOptions): WindowProcess {
    const child = spawn(process.execPath, [program, JSON.stringify(options)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const enginePid = new Promise<number>((resolve, reject) => {
      createInterface(child.stdout).once('line', (line) => resolve(Number(line)));
      child.once('exit', (code) => reject(new Error(`The window ended with code ${code}.`)));
    });
    enginePid.catch(() => undefined);
    return new WindowProcess(child, enginePid);
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}
