import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../../scripts/lib/paths.mjs';
import { writeChatModel } from '../../unit/fixtures/chat-model';
import { temporaryFolder } from '../../unit/fixtures/model-folder';

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
