import * as vscode from 'vscode';
import { ListModels } from '../../runtime/protocol/methods';
import type { InstalledModel } from '../../runtime/protocol/models';
import type { EngineClient } from '../engine/engine-client';
import { converses } from '../models/model-words';
import { section, type Settings } from '../settings/settings';

/** The model that is chosen for answers, while it is there and can converse. Without one nothing is asked, and no engine started. */
export class ChosenModel implements vscode.Disposable {
  private readonly emitter = new vscode.EventEmitter<InstalledModel | undefined>();
  private readonly listeners: vscode.Disposable;
  private found: InstalledModel | undefined;

  readonly onDidChange = this.emitter.event;

  constructor(
    private readonly engine: EngineClient,
    private readonly settings: Settings,
  ) {
    this.listeners = vscode.Disposable.from(
      vscode.workspace.onDidChangeConfiguration(
        (event) => event.affectsConfiguration(section) && void this.refresh(),
      ),
      vscode.workspace.onDidGrantWorkspaceTrust(() => void this.refresh()),
    );
  }

  get current(): InstalledModel | undefined {
    return this.found;
  }

  /** Looks again: after a model was added, for example. */
  async refresh(): Promise<void> {
    const chosen = this.settings.get('models.chat').trim();
    const mayRun = this.settings.enabled && vscode.workspace.isTrusted;
    // Why an engine does not run is told elsewhere.
    const offers =
      chosen === '' || !mayRun
        ? undefined
        : await this.engine.request(ListModels, undefined).catch(() => undefined);
    // The setting may be another one by now.
    if (chosen !== this.settings.get('models.chat').trim()) return;
    const model = offers?.models.find(({ name }) => name === chosen);
    const found = model && converses(model) ? model : undefined;
    if (found?.name === this.found?.name && found?.folder === this.found?.folder) return;
    this.found = found;
    this.emitter.fire(found);
  }

  dispose(): void {
    this.listeners.dispose();
    this.emitter.dispose();
  }
}
