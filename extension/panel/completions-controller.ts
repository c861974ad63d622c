import * as vscode from 'vscode';
import { signalFor } from '../cancellation';
import type { EngineStatus } from '../../runtime/protocol/engine';
import type { CompletionsView } from '../../runtime/protocol/webview';
import type { Alternatives, PlacedCandidate } from '../completion/alternatives';
import { relativePath } from '../engine/document-sync';
import type { PanelView } from './panel-view';

interface Shown {
  document: vscode.TextDocument;
  version: number;
  offset: number;
  candidates: readonly PlacedCandidate[];
}

/** The Completions tab: alternatives for the place of the cursor, each of which can be inserted. */
export class CompletionsController {
  private cancellation: vscode.CancellationTokenSource | undefined;
  private shown: Shown | undefined;

  constructor(
    private readonly alternatives: Alternatives,
    private readonly panel: PanelView,
    private readonly explain: (error: unknown) => string,
    private readonly engineStatus: () => EngineStatus | undefined,
  ) {}

  async request(editor: vscode.TextEditor | undefined): Promise<void> {
    this.cancel();
    this.shown = undefined;
    await this.panel.show('completions');
    if (!editor) {
      this.post(undefined, vscode.l10n.t('Open a file and place the cursor where something is missing.'));
      return;
    }
    const cancellation = new vscode.CancellationTokenSource();
    this.cancellation = cancellation;
    const { document } = editor;
    const position = editor.selection.active;
    const place = {
      displayPath: relativePath(document.uri),
      position: { line: position.line, character: position.character },
    };
    this.panel.post({ type: 'completionsStarted' });
    try {
      const version = document.version;
      const found = await this.alternatives.find(document, position, signalFor(cancellation.token).signal);
      if (cancellation.token.isCancellationRequested) return;
      this.shown = { document, version, offset: document.offsetAt(position), candidates: found.candidates };
      this.panel.post({
        type: 'completions',
        view: {
          ...place,
          candidates: found.candidates,
          ...(found.cost && { cost: found.cost }),
          ...this.held(),
          stillReading: found.stillReading,
          ...(found.silence !== undefined && { silence: found.silence }),
        },
      });
    } catch (error) {
      this.post(
        place,
        cancellation.token.isCancellationRequested ? vscode.l10n.t('Stopped.') : this.explain(error),
      );
    } finally {
      cancellation.dispose();
      if (this.cancellation === cancellation) this.cancellation = undefined;
    }
  }

  private held(): Pick<CompletionsView, 'held'> {
    const status = this.engineStatus();
    return status ? { held: { memory: status.memory, kept: status.kept } } : {};
  }

  cancel(): void {
    this.cancellation?.cancel();
  }

  /** Inserts the alternative at the place it was made for. */
  async insert(index: number): Promise<void> {
    const candidate = this.shown?.candidates[index];
    if (!this.shown || !candidate) return;
    const { document, version, offset } = this.shown;
    if (document.isClosed || document.version !== version) {
      throw new Error(
        vscode.l10n.t('The text has changed since these completions were made. Ask for new ones.'),
      );
    }
    const editor = await vscode.window.showTextDocument(document, { preserveFocus: false });
    const range = new vscode.Range(
      document.positionAt(offset),
      document.positionAt(offset + candidate.replaceAfter),
    );
    await editor.edit((edit) => edit.replace(range, candidate.text));
  }

  private post(
    place: { displayPath: string; position: { line: number; character: number } } | undefined,
    silence: string,
  ): void {
    const nowhere = { displayPath: '', position: { line: 0, character: 0 } };
    this.panel.post({
      type: 'completions',
      view: { ...(place ?? nowhere), candidates: [], stillReading: false, silence },
    });
  }
}
