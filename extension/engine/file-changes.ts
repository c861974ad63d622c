import type { FileChange } from '../../runtime/protocol/index-status';

/** Folders whose changes are never of interest and come in thousands. The engine applies the full ignore rules. */
const noisy = /(^|[\\/])(\.git|node_modules|\.hg|\.svn)([\\/]|$)/;

/** What several changes of the same file, in this order, come to. */
export function mergeChange(
  earlier: FileChange['kind'] | undefined,
  later: FileChange['kind'],
): FileChange['kind'] | undefined {
  if (earlier === 'created' && later === 'deleted') return undefined;
  if (earlier === 'created' && later === 'changed') return 'created';
  // Deleted and made again: its content is what counts.
  if (earlier === 'deleted' && later === 'created') return 'changed';
  return later;
}

/** Collects changes until they are taken, one per file. */
export class FileChanges {
  private readonly byPath = new Map<string, FileChange['kind']>();

  /** @returns whether the change is kept */
  add(path: string, kind: FileChange['kind']): boolean {
    if (noisy.test(path)) return false;
    const merged = mergeChange(this.byPath.get(path), kind);
    if (merged) this.byPath.set(path, merged);
    else this.byPath.delete(path);
    return true;
  }

  take(): FileChange[] {
    const changes = [...this.byPath].map(([path, kind]) => ({ path, kind }));
    this.byPath.clear();
    return changes;
  }
}
