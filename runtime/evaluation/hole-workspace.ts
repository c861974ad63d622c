/**
 * A hole's other files as the workspace that they come from: on disk, so that the same walk, rules and index serve as in
 * the editor. One folder for all holes, since the index knows again what two of them share.
 */
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UserError } from '../protocol/errors';
import type { EvaluatedEngine } from './evaluated-engine';
import type { Hole } from './hole';

export class HoleWorkspace {
  private constructor(
    private readonly root: string,
    private readonly engine: Required<Pick<EvaluatedEngine, 'setFolders' | 'indexIdle'>>,
  ) {}

  /** @throws UserError when the engine has no workspace */
  static async create(engine: EvaluatedEngine): Promise<HoleWorkspace> {
    const { setFolders, indexIdle } = engine;
    if (!setFolders || !indexIdle) throw new UserError('Context "repo" needs an engine that opens folders.');
    const base = await mkdtemp(path.join(await realpath(tmpdir()), 'longview-holes-'));
    const root = path.join(base, 'repository');
    return new HoleWorkspace(root, {
      setFolders: (folders) => setFolders.call(engine, folders),
      indexIdle: () => indexIdle.call(engine),
    });
  }

  /**
   * Makes the hole's other files the workspace, and waits until they are indexed.
   * @returns absolute path of the file with the hole, which itself is not on disk
   * @throws UserError for a path that leaves the repository
   */
  async show({ path: own, repo }: Hole): Promise<string> {
    await this.engine.setFolders([]);
    await rm(this.root, { recursive: true, force: true });
    await mkdir(this.root);
    const hole = this.within(own);
    for (const { path: relative, text } of repo) {
      const file = this.within(relative);
      // What stood in the hole must be nowhere to be found.
      if (file === hole) continue;
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    await this.engine.setFolders([{ path: this.root, name: 'repository' }]);
    await this.engine.indexIdle();
    return hole;
  }

  async dispose(): Promise<void> {
    await this.engine.setFolders([]);
    await rm(path.dirname(this.root), { recursive: true, force: true });
  }

  /** @throws UserError for a path that leaves the repository */
  within(relative: string): string {
    const file = path.resolve(this.root, relative);
    if (!file.startsWith(this.root + path.sep))
      throw new UserError(`A hole names a file outside of its repository: ${relative}.`);
    return file;
  }
}
