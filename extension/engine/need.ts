import * as vscode from 'vscode';
import type { Settings } from '../settings/settings';
import { isReadScheme } from './document-filter';

/** Whether anything in this window needs the engine now: a document to complete in, or a workspace to index. */
export function isEngineNeeded(settings: Settings): boolean {
  return visibleLanguages().length > 0 || (settings.get('index.enabled') && workspaceFolders().length > 0);
}

/** Languages of the documents on the screen that Longview may read. */
export function visibleLanguages(): string[] {
  return vscode.window.visibleTextEditors
    .filter(({ document }) => isReadScheme(document.uri.scheme))
    .map(({ document }) => document.languageId);
}

/** Folders on this machine's disk; those of virtual file systems cannot be indexed. */
export function workspaceFolders(): { path: string; name: string }[] {
  return (vscode.workspace.workspaceFolders ?? [])
    .filter((folder) => folder.uri.scheme === 'file')
    .map((folder) => ({ path: folder.uri.fsPath, name: folder.name }));
}
