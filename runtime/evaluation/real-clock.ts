import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../completion/session';

export const realClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
};
