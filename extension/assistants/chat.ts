import * as vscode from 'vscode';
import type { EngineClient } from '../engine/engine-client';
import { chatParticipant } from './chat-participant';
import type { ChosenModel } from './chosen-model';
import { languageModelProvider } from './language-model-provider';

/** What the editor's own chat is offered: only while a model is chosen, there, and able to converse. */
export function registerChat(engine: EngineClient, chosen: ChosenModel): vscode.Disposable {
  let offered: vscode.Disposable | undefined;
  const update = () => {
    offered?.dispose();
    const model = chosen.current;
    offered = model && vscode.Disposable.from(chatParticipant(engine), languageModelProvider(engine, model));
    void vscode.commands.executeCommand('setContext', 'longview.chats', model !== undefined);
  };
  const listener = chosen.onDidChange(update);
  void chosen.refresh();
  return new vscode.Disposable(() => {
    listener.dispose();
    offered?.dispose();
  });
}
