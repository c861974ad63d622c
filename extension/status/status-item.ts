import * as vscode from 'vscode';
import { initialFacts, reduceStatus, type StatusEvent, type StatusFacts } from './status-state';
import { statusView, type StatusView } from './status-view';
import { languageName } from './language-name';
import { tooltipMarkdown } from './tooltip';

/** The item in the status bar: shows what the state machine says, and redraws only what changed. */
export class StatusItem implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private readonly viewEmitter = new vscode.EventEmitter<StatusView>();
  private current: StatusFacts = initialFacts;
  private dead = false;

  /** Fires whenever the state that is shown changes. */
  readonly onDidChange = this.viewEmitter.event;

  constructor() {
    this.item = vscode.window.createStatusBarItem('longview.status', vscode.StatusBarAlignment.Right, 100);
    this.item.name = 'Longview';
    this.item.command = 'longview.showMenu';
    this.render();
    this.item.show();
  }

  get facts(): StatusFacts {
    return this.current;
  }

  get view(): StatusView {
    return statusView(this.current, languageName, vscode.l10n.t);
  }

  dispatch(event: StatusEvent): void {
    this.current = reduceStatus(this.current, event);
    if (!this.dead) this.render();
  }

  dispose(): void {
    this.dead = true;
    this.item.dispose();
    this.viewEmitter.dispose();
  }

  private render(): void {
    const view = this.view;
    const tooltip = tooltipMarkdown(view, this.current, vscode.l10n.t);
    if (this.item.text !== view.text) this.item.text = view.text;
    if ((this.item.tooltip as vscode.MarkdownString | undefined)?.value !== tooltip) {
      this.item.tooltip = new vscode.MarkdownString(tooltip);
    }
    this.item.accessibilityInformation = { label: `Longview: ${view.sentence}` };
    this.item.backgroundColor =
      view.severity === 'none'
        ? undefined
        : new vscode.ThemeColor(`statusBarItem.${view.severity}Background`);
    this.viewEmitter.fire(view);
  }
}
