import path from 'node:path';
import { summarizeFile } from '../summaries';
import { languageIdOf } from '../syntax';
import { isCancelled, messageOf } from '../protocol/errors';
import type { FileSummary, SummarizeRequest, SummaryProgress } from '../protocol/summaries';
import type { Logger } from './log';
import type { ModelHost } from './model-host';
import { readSource } from './source-text';
import { SummaryLineStore } from './summary-line-store';
import type { Workspace } from './workspace';
import { PassageNotes } from './passage-notes';

/** Summaries of files: reads the text, finds who imports it, and keeps what the model wrote. */
export class Summaries {
  private cache: SummaryLineStore | undefined;

  constructor(
    private readonly folder: string,
    private readonly log: Logger,
  ) {}

  async summarize(
    request: SummarizeRequest,
    host: ModelHost,
    workspace: Workspace,
    signal?: AbortSignal,
    onProgress?: (progress: SummaryProgress) => void,
  ): Promise<FileSummary> {
    const { path: file, range } = request;
    const input = {
      path: file,
      displayPath: displayPathOf(file, workspace.folderPaths),
      text: request.text ?? (await readSource(file)),
      languageId: request.languageId ?? languageIdOf(file),
      range,
    };
    const cache = this.lines();
    const importersOf = (of: string) => Promise.resolve(workspace.importersOf(of));
    const options = { signal, onProgress };
    try {
      return await host.use(({ model }) => summarizeFile(input, { model, importersOf, cache }, options));
    } catch (error) {
      // An outline with the file's own words needs no model.
      if (isCancelled(error) || host.status().state !== 'failed') throw error;
      this.log.warn('Summarised without a model', { error: messageOf(error) });
      return summarizeFile(input, { importersOf, cache }, options);
    }
  }

  /** Describes passages with what summaries know of their code. */
  describer(host: ModelHost): PassageNotes {
    return new PassageNotes(host, this.lines(), this.log);
  }

  private lines(): SummaryLineStore {
    return (this.cache ??= SummaryLineStore.open(this.folder, this.log));
  }

  close(): void {
    this.cache?.close();
    this.cache = undefined;
  }
}

/** Relative to the innermost workspace folder, with forward slashes; the file's name where it lies in none. */
function displayPathOf(file: string, folders: readonly string[]): string {
  const inside = folders
    .map((folder) => path.relative(folder, file))
    .filter((relative) => relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative))
    .sort((a, b) => a.length - b.length)[0];
  return (inside ?? path.basename(file)).split(path.sep).join('/');
}
