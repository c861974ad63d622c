import type { LanguageModel, ModelState, WorkOptions } from '../inference/language-model';
import type { StateSnapshot } from '../inference/snapshot';
import { UserError } from '../protocol/errors';
import { leastUseful } from './eviction';
import { RadixTree } from './radix-tree';
import type { SavedStates } from './saved-states';
import type { SavedState } from './state-store';

/** A kept state, and what is to become of it. */
interface Checkpoint {
  scope: string;
  ids: Int32Array;
  state: ModelState;
  /** It shall be on disk, and is not yet. */
  unsaved?: { label?: string } | undefined;
  /** Order of last use; the clock only counts. */
  used: number;
}

/** Where a text is worth coming back to. */
export interface Keep {
  /** Lengths (ascending, each <= the text's) at which a checkpoint is left behind. */
  at: readonly number[];
  /** Those of them that shall be on disk too, once `persist` is called. */
  save?: readonly number[];
  /** One more that shall be on disk, instead of the one that was last named under this label. */
  latest?: { at: number; label: string };
}

export interface ResumedState {
  /** Holds exactly the ids asked for. Owned by the caller: release it. */
  state: ModelState;
  tokensRead: number;
  tokensReused: number;
  /** What was reused came from the disk. */
  fromDisk: boolean;
}

/** Getting a state from disk costs about as much as reading this many tokens. */
const loadTokens = 48;

/**
 * What was read, kept: states by the token sequences that they hold. To read a text is to find the longest kept prefix, fork
 * it, and read the rest, leaving checkpoints behind at the lengths that are worth coming back to.
 *
 * A recurrent state cannot be cut back, so going back always means resuming an earlier checkpoint. Texts of different scopes
 * (workspaces) never meet.
 */
export class Checkpoints {
  private readonly trees = new Map<string, RadixTree<Checkpoint>>();
  private clock = 0;

  /**
   * @param limitBytes all states of the model in memory; the least useful are dropped beyond it
   * @param saved absent = nothing is saved
   */
  constructor(
    private readonly model: LanguageModel,
    private limitBytes: number,
    readonly saved?: SavedStates,
  ) {}

  get size(): number {
    let size = 0;
    for (const tree of this.trees.values()) size += tree.size;
    return size;
  }

  /** Tokens that can be resumed from memory; what several states share counts once. */
  get tokensHeld(): number {
    return this.all().reduce((sum, { saves }) => sum + saves, 0);
  }

  /** Length of the longest prefix of `ids` that is kept in memory or on disk. */
  reusable(scope: string, ids: readonly number[]): number {
    const held = this.trees.get(scope)?.longestPrefix(ids)?.length ?? 0;
    return Math.max(held, this.saved?.longest(scope, ids)?.ids.length ?? 0);
  }

  /**
   * Reads `ids`, from the longest kept prefix on. On cancellation what was read up to the last checkpoint stays kept.
   * @throws CancelledError
   */
  async resume(
    scope: string,
    ids: readonly number[],
    keep: Keep,
    options: WorkOptions,
  ): Promise<ResumedState> {
    const { state, fromDisk } = await this.begin(scope, ids, options);
    const reused = state.length;
    try {
      let at = reused;
      for (const stop of [...keep.at, ids.length]) {
        // What the found state has gone past cannot be kept from it: a state cannot be cut back.
        if (stop < at) continue;
        if (stop > at) {
          await this.model.read(state, ids.slice(at, stop), options);
          at = stop;
        }
        if (stop > 0 && keep.at.includes(stop)) await this.keep(scope, ids.slice(0, stop), state);
      }
      this.markUnsaved(scope, ids, keep);
      return { state, tokensRead: ids.length - reused, tokensReused: reused, fromDisk };
    } catch (error) {
      this.model.release(state);
      throw error;
    }
  }

  /** Keeps a copy of `state`, which holds `ids`: what was written after reading, for example. */
  async keep(scope: string, ids: ArrayLike<number>, state: ModelState): Promise<void> {
    const tree = this.trees.get(scope) ?? new RadixTree<Checkpoint>();
    this.trees.set(scope, tree);
    const known = tree.get(ids);
    if (known) {
      known.used = ++this.clock;
      return;
    }
    const checkpoint = {
      scope,
      ids: Int32Array.from(ids),
      state: await this.model.fork(state),
      used: ++this.clock,
    };
    const meanwhile = tree.set(checkpoint.ids, checkpoint);
    if (meanwhile) this.model.release(meanwhile.state);
    this.shrinkTo(this.limitBytes);
  }

  /** Whether `persist` has something to do. */
  get hasUnsaved(): boolean {
    return this.unsaved().length > 0;
  }

  /**
   * Brings to disk what shall be there, newest first. Each state is handed over in its turn among the model's blocks.
   * @param mayKeep asked about the text of each state: what it refuses is never written
   * @returns states written
   * @throws CancelledError; what was written until then stays
   */
  async persist(options: WorkOptions, mayKeep: (text: string) => boolean): Promise<number> {
    const labels = new Set<string>();
    let written = 0;
    for (const checkpoint of this.unsaved()) {
      const { scope, ids, unsaved } = checkpoint;
      const key = unsaved?.label === undefined ? undefined : `${scope}\0${unsaved.label}`;
      const superseded = key !== undefined && labels.has(key);
      if (key !== undefined) labels.add(key);
      const wanted = unsaved && !superseded && this.holds(checkpoint);
      if (wanted && mayKeep(this.model.tokenizer.decode([...ids]))) {
        await this.saved!.save({ scope, ids, ...unsaved }, await this.export(checkpoint.state, options));
        written++;
      }
      checkpoint.unsaved = undefined;
    }
    return written;
  }

  setLimit(bytes: number): void {
    this.limitBytes = bytes;
    this.shrinkTo(bytes);
  }

  /** Drops the least useful until the states fit; the one used last stays. What is on disk stays there. */
  shrinkTo(bytes: number): void {
    while (this.model.stateBytesHeld() > bytes) {
      const droppable = this.all().filter(({ checkpoint }) => checkpoint.used !== this.clock);
      const index = leastUseful(
        droppable.map(({ checkpoint, saves }) => ({
          saves,
          bytes: this.model.exclusiveBytes(checkpoint.state),
          age: this.clock - checkpoint.used,
        })),
      );
      const chosen = droppable[index]?.checkpoint;
      if (!chosen) return;
      this.trees.get(chosen.scope)!.delete(chosen.ids);
      this.model.release(chosen.state);
    }
  }

  /** Forgets what is in memory. */
  clear(): void {
    for (const { checkpoint } of this.all()) this.model.release(checkpoint.state);
    this.trees.clear();
  }

  /** A fork of the longest kept prefix: the one in memory, unless one on disk spares enough to be loaded. */
  private async begin(
    scope: string,
    ids: readonly number[],
    options: WorkOptions,
  ): Promise<{ state: ModelState; fromDisk: boolean }> {
    for (;;) {
      const held = this.trees.get(scope)?.longestPrefix(ids);
      const saved = this.saved?.longest(scope, ids);
      if (saved && saved.ids.length > (held?.length ?? 0) + loadTokens) {
        const state = await this.load(saved, options);
        if (state) return { state, fromDisk: true };
        // It was damaged or is gone, and is known no more: look again.
        continue;
      }
      if (!held) return { state: await this.model.create(), fromDisk: false };
      held.value.used = ++this.clock;
      return { state: await this.model.fork(held.value.state), fromDisk: false };
    }
  }

  private async load(saved: SavedState, options: WorkOptions): Promise<ModelState | undefined> {
    const snapshot = await this.saved!.load(saved);
    if (!snapshot) return undefined;
    try {
      const state = await this.model.importState(snapshot, options);
      await this.keep(saved.scope, saved.ids, state);
      return state;
    } catch (error) {
      // Whole, but not one of this model's: the message says so, and the text is read anew.
      if (!(error instanceof UserError)) throw error;
      await this.saved!.forget(saved);
      return undefined;
    }
  }

  /** From a fork of its own, as the state may be dropped while this waits for its turn. */
  private async export(state: ModelState, options: WorkOptions): Promise<StateSnapshot> {
    const fork = await this.model.fork(state);
    try {
      return await this.model.exportState(fork, options);
    } finally {
      this.model.release(fork);
    }
  }

  private markUnsaved(scope: string, ids: readonly number[], { save = [], latest }: Keep): void {
    if (!this.saved) return;
    const mark = (length: number, unsaved: { label?: string }) => {
      const checkpoint = this.trees.get(scope)?.get(ids.slice(0, length));
      if (checkpoint && !this.saved!.has(checkpoint)) checkpoint.unsaved ??= unsaved;
    };
    for (const length of save) mark(length, {});
    if (latest) mark(latest.at, { label: latest.label });
  }

  /** Most recently used first. */
  private unsaved(): Checkpoint[] {
    return this.all()
      .map(({ checkpoint }) => checkpoint)
      .filter(({ unsaved }) => unsaved)
      .sort((a, b) => b.used - a.used);
  }

  /** Whether a checkpoint was not dropped or replaced in the meantime. */
  private holds({ scope, ids, state }: Checkpoint): boolean {
    return this.trees.get(scope)?.get(ids)?.state === state;
  }

  private all(): { checkpoint: Checkpoint; saves: number }[] {
    return [...this.trees.values()].flatMap((tree) =>
      [...tree.entries()].map(({ value, length, parent }) => ({
        checkpoint: value,
        saves: length - parent,
      })),
    );
  }
}
