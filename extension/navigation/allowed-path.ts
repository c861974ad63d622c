import * as vscode from 'vscode';
import { confinePath } from './confine-path';

/** The path if it lies in a workspace folder or is open in the editor: what the panel and links may reach. */
export function allowedPath(path: string): string | undefined {
  return confinePath(path, {
    folders: (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath),
    openDocuments: vscode.workspace.textDocuments
      .filter((document) => document.uri.scheme === 'file')
      .map((document) => document.uri.fsPath),
    platform: process.platform,
  });
}
