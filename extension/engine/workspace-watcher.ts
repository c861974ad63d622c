import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import type { InitializeParams } from '../../runtime/protocol/engine';
import type { FileChange } from '../../runtime/protocol/index-status';
import { FilesChanged, FoldersChanged, SettingsChanged } from '../../runtime/protocol/methods';
import { touchesEngine, type Settings } from '../settings/settings';
import type { EngineClient } from './engine-client';
import { FileChanges } from './file-changes';
import { workspaceFolders } from './need';

/** Long enough to gather a branch switch or a formatter's run, short enough that a saved file is soon found. */
const batchMs = 300;

/** Tells a running engine of files, folders and settings that change. Watches no file while no index wants to know. */
export class WorkspaceWatcher implements vscode.Disposable {
  private readonly changes = new FileChanges();
  private readonly listeners: vscode.Disposable[];
  private watcher: vscode.Disposable | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly engine: EngineClient,
    private readonly settings: Settings,
  ) {
    this.listeners = [
      engine.onState(() => this.update()),
      engine.onConnected((told) => this.catchUp(told)),
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        this.tellFolders();
        this.update();
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (!touchesEngine(event)) return;
        this.tellSettings();
        this.update();
      }),
    ];
  }

  dispose(): void {
    this.listeners.forEach((listener) => listener.dispose());
    this.unwatch();
  }

  /** Folders and settings that have changed while the engine was starting were told to nobody. */
  private catchUp(told: InitializeParams): void {
    if (!isDeepStrictEqual(told.workspaceFolders, workspaceFolders())) this.tellFolders();
    if (!isDeepStrictEqual(told.settings, this.settings.forEngine())) this.tellSettings();
  }

  private tellFolders(): void {
    this.engine.notify(FoldersChanged, workspaceFolders());
  }

  private tellSettings(): void {
    this.engine.notify(SettingsChanged, this.settings.forEngine());
  }

  private update(): void {
    const wanted =
      this.engine.pid !== undefined && this.settings.get('index.enabled') && workspaceFolders().length > 0;
    if (wanted) this.watcher ??= this.watch();
    else this.unwatch();
  }

  private watch(): vscode.Disposable {
    const watcher = vscode.workspace.createFileSystemWatcher('**/*');
    const listen = (kind: FileChange['kind']) => (uri: vscode.Uri) => this.onChange(uri, kind);
    return vscode.Disposable.from(
      watcher,
      watcher.onDidCreate(listen('created')),
      watcher.onDidChange(listen('changed')),
      watcher.onDidDelete(listen('deleted')),
    );
  }

  private unwatch(): void {
    this.watcher?.dispose();
    this.watcher = undefined;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.changes.take();
  }

  private onChange(uri: vscode.Uri, kind: FileChange['kind']): void {
    if (uri.scheme !== 'file' || !this.changes.add(uri.fsPath, kind)) return;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      const changes = this.changes.take();
      if (changes.length > 0) this.engine.notify(FilesChanged, changes);
    }, batchMs);
  }
}
