import type { LanguageModel, ModelState, WorkOptions } from '../inference/language-model';

interface Checkpoint {
  ids: Int32Array;
  state: ModelState;
  /** Order of last use; the clock only counts. */
  used: number;
  /** Tokens that this checkpoint saves against the next shorter one of the same text. */
  saves: number;
}

export interface ResumedState {
  /** Holds exactly the ids asked for. Owned by the caller: release it. */
  state: ModelState;
  tokensRead: number;
  tokensReused: number;
}

/**
 * What was read, kept: states by the token sequence they hold. To read a text is to find the longest kept prefix,
 * fork it, and read the rest, leaving checkpoints behind at the lengths that are worth coming back to.
 *
 * A recurrent state cannot be cut back, so going back always means resuming an earlier checkpoint.
 */
export class Checkpoints {
  private readonly entries: Checkpoint[] = [];
  private clock = 0;

  /** @param limitBytes all kept states together; the least useful are dropped beyond it */
  constructor(
    private readonly model: LanguageModel,
    private limitBytes: number,
  ) {}

  get size(): number {
    return this.entries.length;
  }

  /** Length of the longest kept prefix of `ids`. */
  reusable(ids: readonly number[]): number {
    return this.find(ids)?.ids.length ?? 0;
  }

  /**
   * Reads `ids`, from the longest kept prefix on.
   * @param keepAt lengths (ascending, each <= ids.length) at which a checkpoint is left behind
   * On cancellation what was read up to the last of them stays kept.
   */
  async resume(
    ids: readonly number[],
    keepAt: readonly number[],
    options: WorkOptions,
  ): Promise<ResumedState> {
    const found = this.find(ids);
    const reused = found?.ids.length ?? 0;
    const state = found ? await this.model.fork(found.state) : await this.model.create();
    if (found) found.used = ++this.clock;
    try {
      let at = reused;
      for (const stop of [...keepAt, ids.length]) {
        // What the found state has gone past cannot be kept from it: a state cannot be cut back.
        if (stop < at) continue;
        if (stop > at) {
          await this.model.read(state, ids.slice(at, stop), options);
          at = stop;
        }
        if (stop > 0 && keepAt.includes(stop)) await this.keep(ids.slice(0, stop), state);
      }
      return { state, tokensRead: ids.length - reused, tokensReused: reused };
    } catch (error) {
      this.model.release(state);
      throw error;
    }
  }

  /** Keeps a copy of `state`, which holds `ids`. */
  async keep(ids: readonly number[], state: ModelState): Promise<void> {
    const known = this.find(ids);
    if (known?.ids.length === ids.length) {
      known.used = ++this.clock;
      return;
    }
    const copy = await this.model.fork(state);
    this.entries.push({
      ids: Int32Array.from(ids),
      state: copy,
      used: ++this.clock,
      saves: ids.length - (known?.ids.length ?? 0),
    });
    this.shrinkTo(this.limitBytes);
  }

  setLimit(bytes: number): void {
    this.limitBytes = bytes;
    this.shrinkTo(bytes);
  }

  /** Drops the least useful until the states fit: the oldest first, but one that saves much outlives several that save little. */
  shrinkTo(bytes: number): void {
    while (this.entries.length > 1 && this.model.stateBytesHeld() > bytes) {
      const newest = this.clock;
      let worst = 0;
      let worstScore = Infinity;
      for (const [i, entry] of this.entries.entries()) {
        const age = newest - entry.used + 1;
        const score = (64 + entry.saves) / age;
        if (score < worstScore && entry.used !== newest) {
          worst = i;
          worstScore = score;
        }
      }
      const [dropped] = this.entries.splice(worst, 1);
      this.model.release(dropped!.state);
    }
  }

  clear(): void {
    for (const { state } of this.entries.splice(0)) this.model.release(state);
  }

  private find(ids: readonly number[]): Checkpoint | undefined {
    let best: Checkpoint | undefined;
    for (const entry of this.entries) {
      const longer = entry.ids.length > (best?.ids.length ?? 0);
      if (longer && entry.ids.length <= ids.length && isPrefix(entry.ids, ids)) best = entry;
    }
    return best;
  }
}

function isPrefix(prefix: Int32Array, ids: readonly number[]): boolean {
  // From the end: texts of one file share their beginnings and differ near the cursor.
  for (let i = prefix.length - 1; i >= 0; i--) if (prefix[i] !== ids[i]) return false;
  return true;
}
