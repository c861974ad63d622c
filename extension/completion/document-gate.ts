import * as vscode from 'vscode';
import type { SilenceReason } from '../../runtime/protocol/completion';
import { documentLength } from '../engine/document-sync';
import type { EngineClient } from '../engine/engine-client';
import type { Settings } from '../settings/settings';
import { closedGate } from './gate';

/** `closedGate` with the facts of the editor. */
export function gateFor(
  document: vscode.TextDocument,
  request: { explicit: boolean; snoozed: boolean },
  settings: Settings,
  engine: EngineClient,
): SilenceReason | undefined {
  const editor = vscode.window.visibleTextEditors.find((visible) => visible.document === document);
  const languages = engine.status?.model.languages;
  return closedGate({
    ...request,
    trusted: vscode.workspace.isTrusted,
    enabled: settings.enabled,
    trigger: settings.get('completion.trigger', document),
    scheme: document.uri.scheme,
    cursors: editor?.selections.length ?? 1,
    languageId: document.languageId,
    languages: languages?.length ? languages : undefined,
    length: documentLength(document),
    engineFailed: engine.state.kind === 'failed' || engine.status?.model.state === 'failed',
  });
}
