import { statSync } from 'node:fs';
import path from 'node:path';
import { precisionNames, type Precision } from '../graph/precision';
import { findAssets, findRoot } from '../engine/assets';
import { Engine } from '../engine/engine';
import type { Session } from '../engine/session';
import type { ContextBudget, EngineSettings, WorkspaceFolder } from '../protocol/engine';
import { UserError } from '../protocol/errors';
import { defaultDataFolder } from './data-folder';
import { note } from './output';
import { oneOf, providerNames, wholeNumber, type CommonValues } from './options';

/**
 * Runs `job` with an engine in this very process: the same code that serves the editor, without the wire.
 * @param folders absolute; empty = no index
 */
export async function withEngine<T>(
  values: CommonValues & { precision?: string; provider?: string },
  folders: readonly string[],
  job: (session: Session) => Promise<T>,
  overrides: Partial<EngineSettings> = {},
  context?: ContextBudget,
): Promise<T> {
  for (const folder of folders) requireFolder(folder);
  const root = findRoot(__dirname);
  const settings: EngineSettings = {
    completionModel: modelOf(values.model),
    provider: oneOf('provider', values.provider, providerNames, 'auto'),
    memoryLimit: 1024,
    threads: wholeNumber('threads', values.threads, 0),
    indexEnabled: folders.length > 0,
    backgroundReading: 'off',
    excludeGlobs: [],
    ...overrides,
  };
  const workspaceFolders: WorkspaceFolder[] = folders.map((folder) => ({
    path: folder,
    name: path.basename(folder),
  }));
  const dataFolder = values.data ?? defaultDataFolder();
  const engine = new Engine(dataFolder, findAssets(__dirname));
  try {
    const session = await engine.open(
      {
        dataFolder,
        modelsFolder: path.join(root, 'runtime', 'models'),
        workspaceFolders,
        settings,
        precision: precisionOf(values.precision),
        context,
      },
      ({ level, scope, message, fields }) => {
        // What a command fails with is told once, by the command.
        if (level === 'warn' || (level === 'error' && scope !== 'model'))
          note(`${scope}: ${message}${fields ? ` ${JSON.stringify(fields)}` : ''}`);
      },
    );
    return await job(session);
  } finally {
    await engine.dispose();
  }
}

function requireFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new UserError(`There is no folder ${folder}.`);
}

export function precisionOf(value: string | undefined): Precision | undefined {
  return value === undefined ? undefined : oneOf('precision', value, precisionNames, 'w8u');
}

/** A folder by its path, or an embedded model by its name. */
export function modelOf(model: string | undefined): string {
  if (model === undefined) return 'striped-code';
  return /[\\/]|^\./.test(model) ? path.resolve(model) : model;
}
