import { describe, expect, it } from 'vitest';
import { decideRestart, type RestartPolicy } from '../../../extension/engine/backoff';

const policy: RestartPolicy = { firstDelayMs: 500, longestDelayMs: 4_000, crashLimit: 6, windowMs: 60_000 };

describe('decideRestart', () => {
  it('doubles the delay up to the longest, then gives up', () => {
    let crashes: readonly number[] = [];
    const outcomes: (number | string)[] = [];
    for (let i = 0; i < 6; i++) {
      const decision = decideRestart(crashes, 1_000 * i, policy);
      crashes = decision.crashes;
      outcomes.push(decision.action === 'restart' ? decision.delayMs : decision.action);
    }
    expect(outcomes).toEqual([500, 1_000, 2_000, 4_000, 4_000, 'give-up']);
  });

  it('forgets crashes that lie outside the window', () => {
    const decision = decideRestart([0, 1, 2, 3, 4], 100_000, policy);
    expect(decision).toEqual({ action: 'restart', delayMs: 500, crashes: [100_000] });
  });
});
