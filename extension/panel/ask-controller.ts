import * as vscode from 'vscode';
import { Ask, AskProgressType } from '../../runtime/protocol/methods';
import type { Passage } from '../../runtime/protocol/questions';
import type { EngineClient } from '../engine/engine-client';
import { isCancellation } from '../errors';
import { passageText } from '../reports/passage-text';
import type { PanelView } from './panel-view';

const passageLimit = 10;

/** Asks one question at a time: a new one gives up the one before. */
export class AskController {
  private runs = 0;
  private cancellation: vscode.CancellationTokenSource | undefined;
  private passages: readonly Passage[] = [];

  constructor(
    private readonly engine: EngineClient,
    private readonly panel: PanelView,
    private readonly explain: (error: unknown) => string,
  ) {}

  async ask(question: string): Promise<void> {
    this.cancel();
    const cancellation = new vscode.CancellationTokenSource();
    this.cancellation = cancellation;
    const id = ++this.runs;
    this.passages = [];
    this.panel.post({ type: 'askStarted', id, question });
    try {
      const response = await this.engine.requestWithProgress(
        Ask,
        { question, folders: [], limit: passageLimit },
        {
          type: AskProgressType,
          report: (progress) => this.panel.post({ type: 'askProgress', id, progress }),
        },
        cancellation.token,
      );
      if (this.runs !== id) return;
      this.passages = response.passages;
      this.panel.post({ type: 'askDone', id, response, generatedAnswers: false });
      void vscode.commands.executeCommand('setContext', 'longview.hasAsked', true);
    } catch (error) {
      if (this.runs !== id) return;
      const cancelled = cancellation.token.isCancellationRequested || isCancellation(error);
      this.panel.post({ type: 'askFailed', id, message: cancelled ? '' : this.explain(error), cancelled });
    } finally {
      cancellation.dispose();
      if (this.cancellation === cancellation) this.cancellation = undefined;
    }
  }

  cancel(): void {
    this.cancellation?.cancel();
  }

  /** Puts a passage on the clipboard, with the place it comes from. */
  async copy(number: number): Promise<void> {
    const passage = this.passages.find((candidate) => candidate.number === number);
    if (passage) await vscode.env.clipboard.writeText(passageText(passage, vscode.l10n.t));
  }
}
