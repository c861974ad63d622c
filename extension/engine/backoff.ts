/** When a crashed engine is started again, and when no more: pure arithmetic on the times of its crashes. */

export interface RestartPolicy {
  /** Milliseconds before the first restart; doubled for every further crash. */
  firstDelayMs: number;
  longestDelayMs: number;
  /** Crashes within `windowMs` after which the user is asked instead. */
  crashLimit: number;
  windowMs: number;
}

export const defaultRestartPolicy: RestartPolicy = {
  firstDelayMs: 500,
  longestDelayMs: 30_000,
  crashLimit: 8,
  windowMs: 5 * 60_000,
};

export type RestartDecision =
  | { action: 'restart'; delayMs: number; crashes: readonly number[] }
  | { action: 'give-up'; crashes: readonly number[] };

/**
 * @param crashes times (ms) of the crashes remembered so far, oldest first
 * @returns what to do about a crash at `now`, and the crashes to remember
 */
export function decideRestart(
  crashes: readonly number[],
  now: number,
  policy: RestartPolicy = defaultRestartPolicy,
): RestartDecision {
  const recent = [...crashes.filter((time) => now - time < policy.windowMs), now];
  if (recent.length >= policy.crashLimit) return { action: 'give-up', crashes: recent };
  const delayMs = Math.min(policy.firstDelayMs * 2 ** (recent.length - 1), policy.longestDelayMs);
  return { action: 'restart', delayMs, crashes: recent };
}
