import * as vscode from 'vscode';
import type { EngineSettings } from '../../runtime/protocol/engine';
import { checkSetting, type SettingKey, type SettingValue } from './schema';

export const section = 'longview';

/** Reads Longview's settings. Values that are not usable count as the default, and are reported once each. */
export class Settings {
  private readonly reported = new Set<string>();

  constructor(private readonly report: (problem: string, key: SettingKey) => void) {}

  get<K extends SettingKey>(key: K, scope?: vscode.ConfigurationScope): SettingValue<K> {
    const raw = vscode.workspace.getConfiguration(section, scope).get<unknown>(key);
    const { value, problem } = checkSetting(key, raw, vscode.l10n.t);
    if (problem !== undefined && !this.reported.has(problem)) {
      this.reported.add(problem);
      this.report(problem, key);
    }
    return value;
  }

  get enabled(): boolean {
    return this.get('enabled');
  }

  /** What the engine is told, at start and on every change. */
  forEngine(): EngineSettings {
    return {
      completionModel: this.get('models.completion'),
      chatModel: this.get('models.chat').trim(),
      encoderModel: this.get('models.encoder').trim(),
      provider: this.get('engine.provider'),
      cudaFolder: this.get('engine.cudaFolder').trim(),
      memoryLimit: this.get('engine.memoryLimit'),
      threads: this.get('engine.threads'),
      rerank: this.get('ask.rerank'),
      indexEnabled: this.get('index.enabled'),
      backgroundReading: this.get('backgroundReading'),
      storageLimit: this.get('storage.limit'),
      excludeGlobs: excludeGlobs(),
    };
  }
}

/** The globs that the editor hides from its explorer and its search. */
function excludeGlobs(): string[] {
  const globs = new Set<string>();
  for (const key of ['files.exclude', 'search.exclude']) {
    const entries = vscode.workspace.getConfiguration().get<Record<string, unknown>>(key) ?? {};
    // Entries with a condition ({"when": ...}) depend on sibling files; the index does not follow those.
    for (const [glob, on] of Object.entries(entries)) if (on === true) globs.add(glob);
  }
  return [...globs];
}

/** Whether a change of configuration touches what the engine is told. */
export function touchesEngine(event: vscode.ConfigurationChangeEvent): boolean {
  return [
    `${section}.models`,
    `${section}.engine`,
    `${section}.index`,
    `${section}.ask`,
    `${section}.storage`,
    `${section}.backgroundReading`,
    'files.exclude',
    'search.exclude',
  ].some((key) => event.affectsConfiguration(key));
}
