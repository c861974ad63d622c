import * as vscode from 'vscode';
import { CONFIDENCE_THRESHOLDS } from '../../runtime/completion/confidence';
import type { CompletionSession, Provided } from '../../runtime/completion/session';
import type { SilenceReason } from '../../runtime/protocol/completion';
import { messageOf } from '../../runtime/protocol/errors';
import { signalFor } from '../cancellation';
import { documentSchemes } from '../engine/document-filter';
import type { EngineClient } from '../engine/engine-client';
import { isCancellation } from '../errors';
import type { Settings } from '../settings/settings';
import type { StatusItem } from '../status/status-item';
import type { Decisions } from './decisions';
import { gateFor } from './document-gate';
import { viewOf } from './document-view';
import type { Snooze } from './snooze';

export interface InlineProviderParts {
  session: CompletionSession;
  engine: EngineClient;
  settings: Settings;
  snooze: Snooze;
  status: StatusItem;
  decisions: Decisions;
  log: vscode.LogOutputChannel;
}

/** Runs when the user takes a suggestion whole; the only sign of it that the stable API gives. */
export const acceptedCommand = 'longview.completionAccepted';

/** Alternatives that the editor's own "next suggestion" can step through, on explicit requests. */
const alternatives = 3;

/** Puts the editor's questions to the completion pipeline. An adapter: all rules are in `runtime/completion`. */
export class InlineProvider implements vscode.InlineCompletionItemProvider {
  constructor(private readonly parts: InlineProviderParts) {}

  /** For all languages: the model says which it knows, and the others get a reason. */
  static register(parts: InlineProviderParts): vscode.Disposable {
    const { session } = parts;
    return vscode.Disposable.from(
      vscode.languages.registerInlineCompletionItemProvider(
        documentSchemes.map((scheme) => ({ scheme })),
        new InlineProvider(parts),
      ),
      vscode.workspace.onDidCloseTextDocument((document) => session.forget(document.uri.toString())),
      new vscode.Disposable(() => session.dispose()),
    );
  }

  async provideInlineCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    context: vscode.InlineCompletionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.InlineCompletionItem[]> {
    const { settings, snooze, engine } = this.parts;
    const explicit = context.triggerKind === vscode.InlineCompletionTriggerKind.Invoke;
    const closed = gateFor(document, { explicit, snoozed: snooze.active }, settings, engine);
    if (closed) return this.silent(document, explicit, closed);
    const view = viewOf(document, position, context.selectedCompletionInfo);
    const asked = { uri: document.uri, version: document.version };
    try {
      const provided = await this.provide(view, document, explicit, token);
      const [best] = provided.items;
      if (!best) return this.silent(asked, explicit, provided.silence ?? 'model-empty', provided);
      this.parts.decisions.note(asked, explicit, { shown: true, confidence: best.confidence }, provided.cost);
      return provided.items.map((item) => {
        const range = new vscode.Range(
          document.positionAt(item.replaceStart),
          document.positionAt(item.replaceEnd),
        );
        const shown = new vscode.InlineCompletionItem(item.insertText, range);
        shown.command = { command: acceptedCommand, title: '', arguments: [] };
        return shown;
      });
    } catch (error) {
      if (token.isCancellationRequested || isCancellation(error))
        return this.silent(asked, explicit, this.whyLate());
      this.parts.log.error(`[completion] ${messageOf(error)}`);
      return this.silent(asked, explicit, 'engine-failed');
    }
  }

  private async provide(
    view: ReturnType<typeof viewOf>,
    document: vscode.TextDocument,
    explicit: boolean,
    token: vscode.CancellationToken,
  ): Promise<Provided> {
    const { session, settings, status } = this.parts;
    const { signal, dispose } = signalFor(token);
    let provided: Provided | undefined;
    status.dispatch({ type: 'completionStarted' });
    try {
      provided = await session.provide(view, {
        explicit,
        multiline: settings.get('completion.multiline', document),
        threshold: CONFIDENCE_THRESHOLDS[settings.get('completion.eagerness')],
        alternatives: explicit ? alternatives : 1,
        lookAhead: settings.get('backgroundReading') === 'idle',
        signal,
      });
      return provided;
    } finally {
      dispose();
      status.dispatch({ type: 'completionEnded', ...(provided?.cost && { cost: provided.cost }) });
    }
  }

  private silent(
    document: { uri: vscode.Uri; version: number },
    explicit: boolean,
    reason: SilenceReason,
    provided?: Provided,
  ): [] {
    const late = reason === 'cancelled' ? this.whyLate() : reason;
    this.parts.decisions.note(document, explicit, { shown: false, reason: late }, provided?.cost);
    this.parts.log.trace(`[completion] silent: ${late}`);
    return [];
  }

  /** A request that was given up while there was no engine to answer it failed for that reason. */
  private whyLate(): SilenceReason {
    return this.parts.engine.pid === undefined ? 'engine-starting' : 'cancelled';
  }
}
