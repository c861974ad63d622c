import type { CompletionRequest, CompletionResponse, CursorMove } from '../protocol/completion';
import type { ContextBudget } from '../protocol/engine';
import { messageOf } from '../protocol/errors';
import type { TextDocumentItem, TextEdit } from '../protocol/text';
import type { BackgroundReading } from './background-reading';
import { Completions } from './completions';
import { Documents, type OpenDocument } from './documents';
import type { Logger } from './log';
import type { ModelHost } from './model-host';
import { DEFAULT_CONTEXT, RepositoryContext } from './prompt-context';
import { RecentEdits } from './recent-edits';
import type { Workspace } from './workspace';

export interface EditingParts {
  workspace: Workspace;
  reading: BackgroundReading;
  host: () => ModelHost;
  scope: () => string;
  inFront: <T>(job: () => Promise<T>) => Promise<T>;
  /** How much prompts show of other files; absent = as much as usual. */
  budget: ContextBudget | undefined;
  log: Logger;
}

/** What is written in a window: its open documents, what other files have to say about them, and completing in them. */
export class Editing {
  private readonly documents = new Documents();
  private readonly edits = new RecentEdits();
  private readonly context: RepositoryContext;
  private readonly completions: Completions;

  constructor(private readonly parts: EditingParts) {
    const { workspace, reading, host, scope, inFront, budget = DEFAULT_CONTEXT, log } = parts;
    const { documents, edits } = this;
    this.context = new RepositoryContext({
      documents,
      edits,
      workspace,
      tokenCounter: () =>
        host().use(({ model }) => Promise.resolve((text) => model.tokenizer.encode(text).length)),
      budget,
      onFound: (uri, offset) => this.readBehind(uri, offset),
      log: log.in('context'),
    });
    this.completions = new Completions({
      context: this.context,
      documents,
      host,
      reading,
      inFront,
      scope,
      maySave: ({ path }) => path !== undefined && workspace.locate(path) !== undefined,
    });
  }

  open(item: TextDocumentItem): void {
    this.documents.open(item);
    this.completions.opened(this.documents.get(item.uri)!);
  }

  change(uri: string, version: number, edits: readonly TextEdit[]): void {
    this.documents.change(uri, version, edits);
    this.completions.changed(uri, edits);
    const document = this.documents.get(uri);
    if (document) this.edits.changed(document, edits);
  }

  async cursorMoved(move: CursorMove): Promise<void> {
    await this.completions.cursorMoved(move);
    if (!move.notebook) this.context.worksAt(move.uri, move.offset);
  }

  close(uri: string): void {
    this.completions.closed(uri);
    const document = this.documents.get(uri);
    if (document) this.edits.closed(document);
    this.documents.close(uri);
    this.context.closed(uri);
  }

  /** By its absolute path. */
  documentAt(path: string): OpenDocument | undefined {
    return this.documents.byPath(path);
  }

  complete(request: CompletionRequest, signal?: AbortSignal): Promise<CompletionResponse> {
    return this.completions.complete(request, signal);
  }

  /** The user works here now: what other files have to say about it is looked for while it is quiet. */
  worksAt(uri: string, offset: number): void {
    this.context.worksAt(uri, offset);
  }

  /** Finds at once what other files have to say about a place, and uses it, read or not. */
  async lookAround(uri: string, offset: number): Promise<void> {
    await this.context.lookAround(uri, offset);
    this.context.adopt(uri);
  }

  likelihood(request: CompletionRequest, text: string): Promise<number> {
    return this.completions.likelihood(request, text);
  }

  /** Nothing is looked for any more. */
  stop(): void {
    this.context.stop();
  }

  /** Other files have something to say about a place: the prompt that shows it is read while it is quiet. */
  private readBehind(uri: string, offset: number): void {
    const version = this.documents.get(uri)?.version;
    if (version === undefined) return;
    this.completions
      .cursorMoved({ uri, version, offset })
      .catch((error: unknown) => this.parts.log.warn('Not read ahead', { error: messageOf(error) }));
  }
}
