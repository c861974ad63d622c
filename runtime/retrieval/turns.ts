/** Shares a thread: work runs for a few milliseconds, then whoever waits (a keystroke, a cancellation) goes first. */

/** Longest stretch of work between two looks at the event loop. */
const TURN_MS = 8;

export interface TurnKeeper {
  isOver(): boolean;
  /** Lets everything that waits run; throws when the signal was aborted meanwhile. */
  next(signal?: AbortSignal): Promise<void>;
}

export function turnKeeper(length = TURN_MS): TurnKeeper {
  let end = performance.now() + length;
  return {
    isOver: () => performance.now() >= end,
    async next(signal) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
      end = performance.now() + length;
    },
  };
}
