import * as vscode from 'vscode';
import { vendor } from './language-model-provider';

/**
 * Opens the editor's chat with a question to `@longview` begun. While no model is picked the editor hands a participant
 * nothing, and among its agents only models that call tools can be picked: hence its plain mode, and our model.
 */
export async function openChat(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.chat.open', {
    query: '@longview ',
    isPartialQuery: true,
    mode: 'ask',
    modelSelector: { vendor },
  });
}
