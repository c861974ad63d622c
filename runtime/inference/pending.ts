import type { StateLayout } from '../graph/states';

/**
 * How many tokens may wait at most until a run takes them into the recurrent states. Each is read again in every run
 * until then, which costs little; in return the states, which are copied out of the runtime whenever they change, change
 * only at every fourth token that is written. More of them gained nothing, neither with states of 2.5 MB nor of 19 MB.
 */
export const mostPending = 3;

/** Whether tokens can wait at all: all that the recurrent states take in must be kept for them. */
function canWait({ recurrent, pending, onDevice }: StateLayout): boolean {
  return !onDevice && (recurrent.length === 0 || pending.length > 0);
}

/** Whether a run of `count` tokens leaves them pending behind those that are. */
export function staysPending(layout: StateLayout, pending: number, count: number): boolean {
  return canWait(layout) && pending + count <= mostPending;
}

/** How many tokens may be pending while drafted ones among those that a run reads may have to be dropped again. */
const mostWithDrafts = 12;

/** How many drafted tokens a run of `count` others can read: only what stays pending can be dropped. */
export function roomForDrafts(layout: StateLayout, pending: number, count: number): number {
  return canWait(layout) ? Math.max(0, mostWithDrafts - pending - count) : 0;
}
