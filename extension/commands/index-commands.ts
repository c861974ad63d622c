import * as vscode from 'vscode';
import { IndexCommand, IndexFiles } from '../../runtime/protocol/methods';
import { indexedFilesMarkdown } from '../reports/indexed-files';
import type { CommandHandlers, Services } from '../services';

/** What the user can do with the index. */
export function indexCommands({ engine, documents }: Services): CommandHandlers {
  const command = (name: 'pause' | 'resume' | 'rebuild') => () =>
    engine.request(IndexCommand, { command: name });
  return {
    'longview.pauseIndexing': command('pause'),
    'longview.resumeIndexing': command('resume'),
    'longview.rebuildIndex': command('rebuild'),
    'longview.showIndexedFiles': async () => {
      const files = await engine.request(IndexFiles, undefined);
      await documents.show('Indexed files.md', indexedFilesMarkdown(files, vscode.l10n.t));
    },
  };
}
