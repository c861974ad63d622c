import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../../scripts/lib/paths.mjs';
import { writeChatModel } from '../../unit/fixtures/chat-model';
import { temporaryFolder } from '../../unit/fixtures/model-folder';
import type { Session } from './session';

/** Named after its folder. */
export const chatModel = 'talker';

/** Adds a tiny model that can converse, though what it says is junk, as a user does: with the command line. */
export async function addChatModel(dataFolder: string): Promise<void> {
  const source = temporaryFolder();
  try {
    const folder = path.join(source.path, chatModel);
    writeChatModel(folder);
    const script = path.join(root, 'dist/longview.js');
    await promisify(execFile)(process.execPath, [script, 'models', 'add', folder, '--data', dataFolder]);
  } finally {
    source.remove();
  }
}

/** Does `job` in a window on the workspace while that model is chosen for answers, and takes it back. */
export async function withChatModel(
  { workbench, workspace, dataFolder, folders }: Session,
  job: () => Promise<void>,
): Promise<void> {
  // A setting of the machine, which no workspace and no browser may change.
  const settings = path.join(folders.userData, 'Machine', 'settings.json');
  try {
    await addChatModel(dataFolder);
    mkdirSync(path.dirname(settings), { recursive: true });
    writeFileSync(settings, JSON.stringify({ 'longview.models.chat': chatModel }));
    await workbench.open(workspace);
    await workbench.ready();
    await job();
  } finally {
    rmSync(settings, { force: true });
    await workbench.open(workspace);
    await workbench.ready();
    rmSync(path.join(dataFolder, 'models'), { recursive: true, force: true });
  }
}
