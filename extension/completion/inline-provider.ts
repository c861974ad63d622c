import * as vscode from 'vscode';
import type { CompletionCost, SilenceReason } from '../../runtime/protocol/completion';
import { Complete } from '../../runtime/protocol/methods';
import { documentSchemes } from '../engine/document-filter';
import type { DocumentSync } from '../engine/document-sync';
import type { EngineClient } from '../engine/engine-client';
import type { Settings } from '../settings/settings';
import type { StatusItem } from '../status/status-item';
import type { Decisions } from './decisions';
import { gateFor } from './document-gate';
import { notebookFor } from './notebook';
import type { Snooze } from './snooze';

export interface InlineProviderParts {
  engine: EngineClient;
  documents: DocumentSync;
  settings: Settings;
  snooze: Snooze;
  status: StatusItem;
  decisions: Decisions;
}

/** Called when the user takes a suggestion; the only sign of it that the stable API gives. */
export const acceptedCommand = 'longview.completionAccepted';

/** Asks the engine for what could stand at the cursor. An adapter: all rules are in `runtime/completion`. */
export class InlineProvider implements vscode.InlineCompletionItemProvider {
  constructor(private readonly parts: InlineProviderParts) {}

  static register(parts: InlineProviderParts): vscode.Disposable {
    return vscode.languages.registerInlineCompletionItemProvider(
      documentSchemes.map((scheme) => ({ scheme })),
      new InlineProvider(parts),
    );
  }

  async provideInlineCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    context: vscode.InlineCompletionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.InlineCompletionItem[]> {
    const { engine, documents, settings, snooze, status, decisions } = this.parts;
    const explicit = context.triggerKind === vscode.InlineCompletionTriggerKind.Invoke;
    const silent = (reason: SilenceReason, cost?: CompletionCost): [] => {
      decisions.note(document, explicit, { shown: false, reason }, cost);
      return [];
    };
    const closed = gateFor(document, { explicit, snoozed: snooze.active }, settings, engine);
    if (closed) return silent(closed);
    let cost: CompletionCost | undefined;
    status.dispatch({ type: 'completionStarted' });
    try {
      await engine.ensureStarted();
      if (token.isCancellationRequested || !documents.ensureOpen(document)) return silent('engine-starting');
      const notebook = notebookFor(document);
      const response = await engine.request(
        Complete,
        {
          uri: document.uri.toString(),
          version: document.version,
          offset: document.offsetAt(position),
          explicit,
          multiline: settings.get('completion.multiline', document),
          threshold: explicit ? 0 : 0.3,
          alternatives: 1,
          ...(notebook && { notebook }),
        },
        token,
      );
      cost = response.cost;
      const [best] = response.candidates;
      if (!best) return silent(response.silence ?? 'model-empty', cost);
      decisions.note(document, explicit, { shown: true, confidence: best.confidence }, cost);
      const item = new vscode.InlineCompletionItem(best.text, new vscode.Range(position, position));
      item.command = { command: acceptedCommand, title: '' };
      return [item];
    } catch {
      return silent(token.isCancellationRequested ? 'cancelled' : 'engine-failed');
    } finally {
      status.dispatch({ type: 'completionEnded', ...(cost && { cost }) });
    }
  }
}
