import * as vscode from 'vscode';
import type { Completer } from '../../runtime/completion/session';
import { Complete } from '../../runtime/protocol/methods';
import { tokenFor } from '../cancellation';
import type { DocumentSync } from '../engine/document-sync';
import type { EngineClient } from '../engine/engine-client';

/** The engine, for the completion pipeline: starts it when it is needed, and sees that it has the document. */
export function engineCompleter(engine: EngineClient, documents: DocumentSync): Completer {
  return {
    async complete(request, signal) {
      await engine.ensureStarted();
      if (signal.aborted) throw new vscode.CancellationError();
      const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === request.uri);
      if (document) documents.ensureOpen(document);
      return engine.request(Complete, request, tokenFor(signal));
    },
  };
}
