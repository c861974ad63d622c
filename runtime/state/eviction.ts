/** A kept state, as far as it matters for what to drop first. */
export interface Candidate {
  /** Tokens that it spares: from the next shorter kept state of the same text to its own end. */
  saves: number;
  /** Bytes that dropping it would free; what it shares with others stays. */
  bytes: number;
  /** Uses of any state since this one was used last, at least 1. */
  age: number;
}

/** Reading this many tokens costs about as much as resuming at all, so that a state which saves none has still some worth. */
const resumeTokens = 64;

/**
 * Which state to drop: the one that saves the least work for its bytes, and of the same worth the one that was not used for
 * longest. One that spares thousands of tokens outlives many that spare a line.
 * @returns index of the candidate; -1 where there is none
 */
export function leastUseful(candidates: readonly Candidate[]): number {
  let worst = -1;
  let least = Infinity;
  for (const [index, { saves, bytes, age }] of candidates.entries()) {
    const worth = (resumeTokens + saves) / (Math.max(1, bytes) * age);
    if (worth < least) [worst, least] = [index, worth];
  }
  return worst;
}
