/** What a window is told about the engine and its models: gathered here, decided elsewhere. */
import type { CompletionResponse } from '../protocol/completion';
import type { EngineSettings, EngineStatus } from '../protocol/engine';
import type { IndexStatus } from '../protocol/index-status';
import type { DoctorFacts } from './doctor';
import type { Engine } from './engine';
import type { Logger } from './log';
import type { ModelHost } from './model-host';
import type { ModelChoice } from './model-hosts';

/** @param host of the model that completes */
export function engineStatus(
  engine: Engine,
  host: ModelHost,
  choice: ModelChoice,
  activity: EngineStatus['activity'],
): EngineStatus {
  const checkpoints = host.current?.checkpoints;
  return {
    model: { ...host.status(), providerReason: engine.probing.choiceOf(choice)?.reason },
    activity,
    memory: {
      residentMB: engine.residentBytes / 1e6,
      statesMB: engine.stateBytes / 1e6,
      limitMB: engine.memoryLimit,
    },
    kept: {
      states: checkpoints?.size ?? 0,
      tokens: checkpoints?.tokensHeld ?? 0,
      savedStates: checkpoints?.saved?.count ?? 0,
      savedMB: (checkpoints?.saved?.bytes ?? 0) / 1e6,
    },
  };
}

export async function doctorFacts({
  engine,
  host,
  choice,
  chat,
  ...told
}: {
  engine: Engine;
  host: ModelHost;
  choice: ModelChoice;
  chat: ModelChoice | undefined;
  settings: EngineSettings;
  status: EngineStatus;
  index: IndexStatus;
  folders: string[];
}): Promise<DoctorFacts> {
  return {
    ...told,
    version: engine.assets.version,
    pid: process.pid,
    windows: engine.windows,
    dataFolder: engine.data.root,
    dataSizes: await engine.data.sizes(),
    modelFolder: choice.folder,
    providers: {
      choice: engine.probing.choiceOf(choice),
      probes: engine.probing.probed(choice),
      obstacle: engine.probing.obstacle(choice),
    },
    weightBytes: host.current?.model.info.weightBytes,
    threads: choice.threads,
    ...(chat && { chat: engine.hosts.for(chat).status() }),
  };
}

/** Where the time until the first suggestion went, once per process: what a report of a slow start needs. */
export function logFirst(log: Logger, { cost }: CompletionResponse): void {
  log.info('First suggestion', {
    msSinceStart: sinceStart(),
    contextTokens: cost.contextTokens,
    tokensRead: cost.tokensRead,
    tokensGenerated: cost.tokensGenerated,
    msQueue: Math.round(cost.ms.queue),
    msTokenise: Math.round(cost.ms.tokenise),
    msRead: Math.round(cost.ms.read),
    msDecode: Math.round(cost.ms.decode),
  });
}

/** Milliseconds since this process began. */
export function sinceStart(): number {
  return Math.round(performance.now());
}
