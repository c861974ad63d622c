/** What the client knows about the engine's process. */
export type EngineState =
  /** Not wanted (disabled, Restricted Mode), or nothing has needed it yet: no process. */
  | { kind: 'stopped' }
  | { kind: 'starting' }
  | { kind: 'running'; pid: number }
  /** It ended by itself; the next start is due in `delayMs`. */
  | { kind: 'restarting'; crashes: number; delayMs: number; reason: string }
  /** It will not be started again unless the user asks. */
  | { kind: 'failed'; reason: string };

/** Why a request was not answered by the engine. */
export class EngineUnavailableError extends Error {
  constructor(
    message: string,
    /** `crashed`: its process ended, by itself or because a window restarts it; another one takes its place. */
    readonly why: 'not-allowed' | 'stopped' | 'crashed' | 'failed',
  ) {
    super(message);
    this.name = 'EngineUnavailableError';
  }
}

/** What a request is told that the engine cannot answer in this state. */
export function whyUnavailable(state: EngineState): EngineUnavailableError {
  switch (state.kind) {
    case 'failed':
      return new EngineUnavailableError(state.reason, 'failed');
    case 'restarting':
      return new EngineUnavailableError(
        'The engine ended while it worked on this; it is being restarted. Try again.',
        'crashed',
      );
    case 'starting':
      return new EngineUnavailableError(
        'The engine was restarted while it worked on this. Try again.',
        'crashed',
      );
    default:
      return new EngineUnavailableError('The engine was stopped before it could answer.', 'stopped');
  }
}
