import * as vscode from 'vscode';
import { Summarize, SummaryProgressType } from '../../runtime/protocol/methods';
import type { FileSummary, SummaryProgress } from '../../runtime/protocol/summaries';
import type { LineRange } from '../../runtime/protocol/text';
import { relativePath } from '../engine/document-sync';
import type { EngineClient } from '../engine/engine-client';
import { isCancellation } from '../errors';
import { summaryMarkdown } from '../reports/summary-markdown';
import type { PanelView } from './panel-view';

/** Makes one summary at a time: a new one gives up the one before. */
export class SummaryController {
  private runs = 0;
  private cancellation: vscode.CancellationTokenSource | undefined;
  private latest: FileSummary | undefined;

  constructor(
    private readonly engine: EngineClient,
    private readonly panel: PanelView,
    private readonly explain: (error: unknown) => string,
  ) {}

  /** @param range only the symbols that touch these lines */
  async summarize(uri: vscode.Uri, range?: LineRange): Promise<void> {
    if (uri.scheme !== 'file')
      throw new Error(vscode.l10n.t('Only files on disk can be summarized. Save this one first.'));
    this.cancel();
    const cancellation = new vscode.CancellationTokenSource();
    this.cancellation = cancellation;
    void setContext('longview.summarizing', true);
    const id = ++this.runs;
    const displayPath = relativePath(uri);
    await this.panel.show('summary');
    this.panel.post({ type: 'summaryStarted', id, displayPath });
    const title = vscode.l10n.t('Longview: summarizing {0}', displayPath);
    try {
      const summary = await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Window, title },
        (progress) =>
          this.engine.requestWithProgress(
            Summarize,
            { path: uri.fsPath, ...openText(uri), ...(range && { range }) },
            {
              type: SummaryProgressType,
              report: (step) => {
                if (this.runs === id) this.report(id, step, progress);
              },
            },
            cancellation.token,
          ),
      );
      if (this.runs !== id) return;
      this.latest = summary;
      this.panel.post({ type: 'summaryDone', id, summary });
      void setContext('longview.hasSummary', true);
    } catch (error) {
      if (this.runs !== id) return;
      const cancelled = cancellation.token.isCancellationRequested || isCancellation(error);
      this.panel.post({
        type: 'summaryFailed',
        id,
        message: cancelled ? '' : this.explain(error),
        cancelled,
      });
    } finally {
      cancellation.dispose();
      if (this.cancellation === cancellation) {
        this.cancellation = undefined;
        void setContext('longview.summarizing', false);
      }
    }
  }

  get isRunning(): boolean {
    return this.cancellation !== undefined;
  }

  cancel(): void {
    this.cancellation?.cancel();
  }

  /** Opens the last summary as an unsaved Markdown document. */
  async export(): Promise<void> {
    if (!this.latest) throw new Error(vscode.l10n.t('There is no summary yet. Summarize a file first.'));
    const content = summaryMarkdown(this.latest, vscode.l10n.t);
    await vscode.window.showTextDocument(
      await vscode.workspace.openTextDocument({ language: 'markdown', content }),
    );
  }

  private report(id: number, step: SummaryProgress, progress: vscode.Progress<{ message?: string }>): void {
    if (step.stage === 'outline') {
      this.panel.post({ type: 'summaryOutline', id, summary: step.summary, toGenerate: step.toGenerate });
      return;
    }
    const { index, line, done, total } = step;
    this.panel.post({ type: 'summaryLine', id, index, line, done, total });
    progress.report({ message: vscode.l10n.t('{0} of {1}', done, total) });
  }
}

function setContext(key: string, value: boolean): Thenable<unknown> {
  return vscode.commands.executeCommand('setContext', key, value);
}

/** The editor's text where it is ahead of the disk. */
function openText(uri: vscode.Uri): { text?: string; languageId?: string } {
  const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri.toString());
  if (!document) return {};
  return { languageId: document.languageId, ...(document.isDirty && { text: document.getText() }) };
}
