/** The work was given up because nobody waits for it any more. Never shown to a user. */
export class CancelledError extends Error {
  constructor() {
    super('Cancelled');
    this.name = 'CancelledError';
  }
}

/** Also true for what `AbortSignal.throwIfAborted` throws. */
export function isCancelled(error: unknown): boolean {
  return error instanceof Error && (error.name === 'CancelledError' || error.name === 'AbortError');
}

/** A condition the user can do something about; the message names the thing and the remedy, and is shown as it is. */
export class UserError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UserError';
  }
}

/** The graphics adapter is missing, lacks something or failed: the CPU may do. */
export class AdapterError extends UserError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AdapterError';
  }
}

export function isAdapterError(error: unknown): boolean {
  return error instanceof Error && error.name === 'AdapterError';
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new CancelledError();
}
