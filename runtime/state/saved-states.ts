import type { StateSnapshot } from '../inference/snapshot';
import { RadixTree, type Sequence } from './radix-tree';
import type { SavedState, StateStore } from './state-store';

/** The states on disk, found by the texts that they hold, without reading any. */
export class SavedStates {
  private readonly trees = new Map<string, RadixTree<SavedState>>();
  /** By scope and label. */
  private readonly labelled = new Map<string, SavedState>();

  /** @param saved what the store holds */
  constructor(
    private readonly store: StateStore,
    saved: readonly SavedState[],
  ) {
    for (const state of saved) this.add(state);
  }

  get count(): number {
    let count = 0;
    for (const tree of this.trees.values()) count += tree.size;
    return count;
  }

  /** Bytes on disk, other models' states included. */
  get bytes(): number {
    return this.store.bytes;
  }

  has({ scope, ids }: Pick<SavedState, 'scope' | 'ids'>): boolean {
    return this.trees.get(scope)?.get(ids) !== undefined;
  }

  /** The longest saved state that `ids` begins with. */
  longest(scope: string, ids: Sequence): SavedState | undefined {
    return this.trees.get(scope)?.longestPrefix(ids)?.value;
  }

  /** The state itself; undefined, and forgotten, where the disk does not have it whole. */
  async load(state: SavedState): Promise<StateSnapshot | undefined> {
    const snapshot = await this.store.load(state);
    if (!snapshot) this.remove(state);
    return snapshot;
  }

  /** Saves a state. The one that was saved under the same label before goes. */
  async save(state: SavedState, snapshot: StateSnapshot): Promise<void> {
    if (!(await this.store.save(state, snapshot))) return;
    const key = labelKey(state);
    const old = key === undefined ? undefined : this.labelled.get(key);
    this.add(state);
    if (old && !this.isSame(old, state)) await this.forget(old);
  }

  /** Takes a state off the disk. */
  async forget(state: SavedState): Promise<void> {
    this.remove(state);
    await this.store.delete(state);
  }

  setLimit(bytes: number): Promise<void> {
    return this.store.setLimit(bytes);
  }

  /** Deletes all states of all models. */
  async clear(): Promise<void> {
    this.trees.clear();
    this.labelled.clear();
    await this.store.clear();
  }

  private isSame(a: SavedState, b: SavedState): boolean {
    return a.ids.length === b.ids.length && a.ids.every((id, i) => id === b.ids[i]);
  }

  private add(state: SavedState): void {
    const tree = this.trees.get(state.scope) ?? new RadixTree<SavedState>();
    this.trees.set(state.scope, tree);
    tree.set(state.ids, state);
    const key = labelKey(state);
    if (key !== undefined) this.labelled.set(key, state);
  }

  private remove(state: SavedState): void {
    const tree = this.trees.get(state.scope);
    tree?.delete(state.ids);
    if (tree?.size === 0) this.trees.delete(state.scope);
    const key = labelKey(state);
    if (key !== undefined && this.labelled.get(key) === state) this.labelled.delete(key);
  }
}

function labelKey({ scope, label }: SavedState): string | undefined {
  return label === undefined ? undefined : `${scope}\0${label}`;
}
