import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestType0 } from 'vscode-jsonrpc';
import type { InitializeParams } from '../../runtime/protocol/engine';
import { Initialize } from '../../runtime/protocol/methods';
import { join } from '../../runtime/wire/join';
import { readAddress, type MeetingPoint } from '../../runtime/wire/meeting-point';
import { EngineLink } from './engine-link';
import { launch, type ProcessEnd } from './launch';

/** The engine was started and ended before anybody could connect. */
export class LaunchFailedError extends Error {
  constructor(
    readonly end: ProcessEnd,
    readonly stderr: string,
  ) {
    super('The engine ended while it started.');
    this.name = 'LaunchFailedError';
  }
}

/** An engine that is just starting, or about to end, is asked again this often before another one is tried. */
const attempts = 10;
const betweenMs = 50;
/** As long as an engine may take to end, and more. */
const limitMs = 20_000;

/** The engine that runs for other windows of this user; undefined where there is none. */
async function joinEngine(point: MeetingPoint): Promise<EngineLink | undefined> {
  const joined = await join(point);
  return joined && new EngineLink(joined, point, undefined);
}

/**
 * Asks an engine that runs for other windows, as a window without folders; starts none.
 * @returns undefined where none runs
 */
export async function askRunningEngine<R>(
  point: MeetingPoint,
  params: InitializeParams,
  type: RequestType0<R, void>,
): Promise<R | undefined> {
  const link = await joinEngine(point);
  if (!link) return undefined;
  try {
    await link.connection.sendRequest(Initialize, {
      ...params,
      workspaceFolders: [],
      visibleLanguages: [],
      settings: { ...params.settings, indexEnabled: false },
    });
    return await link.connection.sendRequest(type);
  } finally {
    await link.leave();
  }
}

/**
 * Joins the engine that runs for this user, or starts it. However many windows do so at once, they end up at the same
 * one: of several that are started one is let live, and the others say so.
 * @throws LaunchFailedError when it ended while it started; Error when one runs and does not answer
 */
export async function reachEngine(
  modulePath: string,
  point: MeetingPoint,
  params: InitializeParams,
): Promise<EngineLink> {
  // Where none has published its address one is started, before anything else has its turn.
  const running = readAddress(point) && (await joinEngine(point));
  if (running) return running;
  for (const end = Date.now() + limitMs; Date.now() < end;) {
    const launched = await launch(modulePath, point, params);
    if (launched.outcome === 'ended') throw new LaunchFailedError(await launched.ended, launched.stderr());
    for (let attempt = 0; attempt < attempts; attempt++) {
      const joined = await join(point);
      if (joined) return new EngineLink(joined, point, launched);
      await sleep(betweenMs);
    }
  }
  throw new Error(
    'An engine of Longview runs but does not answer. End its process (dist/engine.js), or restart the machine.',
  );
}
