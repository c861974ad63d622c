import * as vscode from 'vscode';
import type { Completer } from '../../runtime/completion/session';
import type { CompletionRequest } from '../../runtime/protocol/completion';
import { Complete } from '../../runtime/protocol/methods';
import { tokenFor } from '../cancellation';
import type { DocumentSync } from '../engine/document-sync';
import type { EngineClient } from '../engine/engine-client';
import { EngineUnavailableError } from '../engine/engine-state';

/**
 * The engine, for the completion pipeline: starts it when it is needed, and sees that it has the document. A request that
 * is lost with the engine's process is made once more, since the editor would not ask again at the same place.
 */
export function engineCompleter(engine: EngineClient, documents: DocumentSync): Completer {
  const ask = async (request: CompletionRequest, signal: AbortSignal) => {
    await engine.ensureStarted();
    if (signal.aborted) throw new vscode.CancellationError();
    const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === request.uri);
    if (document) documents.ensureOpen(document);
    return engine.request(Complete, request, tokenFor(signal));
  };
  return {
    async complete(request, signal) {
      try {
        return await ask(request, signal);
      } catch (error) {
        const lost = error instanceof EngineUnavailableError && error.why === 'crashed';
        if (!lost || signal.aborted) throw error;
        return ask(request, signal);
      }
    },
  };
}
