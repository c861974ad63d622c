import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { FromWebview, Tab, ToWebview } from '../../runtime/protocol/webview';
import { panelHtml } from './panel-html';
import { emptyMemory, remember, replay } from './panel-memory';
import { parseFromWebview } from './parse-message';

export const panelViewId = 'longview.panel';

/** The side bar's one webview. Messages to it are remembered, so that it looks as before whenever it is made anew. */
export class PanelView implements vscode.WebviewViewProvider, vscode.Disposable {
  private readonly messageEmitter = new vscode.EventEmitter<FromWebview>();
  private readonly registration: vscode.Disposable;
  private view: vscode.WebviewView | undefined;
  private ready = false;
  /** Sent as soon as the page listens; not remembered beyond that. */
  private queue: ToWebview[] = [];
  private memory = emptyMemory;

  /** Fires for each message from the page that passed the check. */
  readonly onMessage = this.messageEmitter.event;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly warn: (message: string) => void,
  ) {
    this.registration = vscode.window.registerWebviewViewProvider(panelViewId, this);
  }

  get isVisible(): boolean {
    return this.view?.visible ?? false;
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const folder = vscode.Uri.joinPath(this.extensionUri, 'dist', 'webview');
    this.view = view;
    this.ready = false;
    view.webview.options = { enableScripts: true, localResourceRoots: [folder] };
    view.webview.onDidReceiveMessage((data) => this.receive(data));
    view.onDidDispose(() => {
      if (this.view === view) {
        this.view = undefined;
        this.ready = false;
      }
    });
    const file = (name: string) => view.webview.asWebviewUri(vscode.Uri.joinPath(folder, name)).toString();
    view.webview.html = panelHtml({
      cspSource: view.webview.cspSource,
      script: file('main.js'),
      style: file('style.css'),
      nonce: randomBytes(16).toString('hex'),
      title: 'Longview',
      language: vscode.env.language,
      words: vscode.l10n.bundle,
    });
  }

  post(message: ToWebview): void {
    this.memory = remember(this.memory, message);
    if (this.ready) void this.view?.webview.postMessage(message);
    else if (message.type === 'compose' || (message.type === 'showTab' && message.focus))
      this.queue.push(message);
  }

  /** Brings the panel to the front with one of its tabs; with `focus`, the keyboard goes to that tab's main control. */
  async show(tab: Tab, focus = false): Promise<void> {
    if (focus || !this.isVisible)
      await vscode.commands.executeCommand(`${panelViewId}.focus`, { preserveFocus: !focus });
    this.post({ type: 'showTab', tab, ...(focus && { focus }) });
  }

  dispose(): void {
    this.registration.dispose();
    this.messageEmitter.dispose();
  }

  private receive(data: unknown): void {
    const message = parseFromWebview(data);
    if (!message) {
      this.warn('The panel sent a message that Longview does not know; it was ignored.');
      return;
    }
    if (message.type === 'ready') {
      this.ready = true;
      for (const kept of [...replay(this.memory), ...this.queue.splice(0)])
        void this.view?.webview.postMessage(kept);
    }
    this.messageEmitter.fire(message);
  }
}
