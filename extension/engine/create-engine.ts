import type * as vscode from 'vscode';
import { writeLog } from '../log';
import type { Settings } from '../settings/settings';
import { EngineClient } from './engine-client';
import { visibleLanguages, workspaceFolders } from './need';

/** The client for the engine that is shipped with this extension. */
export function createEngine(
  context: vscode.ExtensionContext,
  settings: Settings,
  log: vscode.LogOutputChannel,
): EngineClient {
  return new EngineClient({
    modulePath: context.asAbsolutePath('dist/engine.js'),
    version: (context.extension.packageJSON as { version: string }).version,
    initializeParams: () => ({
      dataFolder: context.globalStorageUri.fsPath,
      modelsFolder: context.asAbsolutePath('runtime/models'),
      workspaceFolders: workspaceFolders(),
      settings: settings.forEngine(),
      visibleLanguages: visibleLanguages(),
    }),
    log: (record) => writeLog(log, record),
  });
}
