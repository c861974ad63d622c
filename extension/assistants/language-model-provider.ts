import * as vscode from 'vscode';
import type { ChatMessage } from '../../runtime/protocol/chat';
import { Chat, ChatProgressType, CountTokens } from '../../runtime/protocol/methods';
import type { InstalledModel } from '../../runtime/protocol/models';
import type { EngineClient } from '../engine/engine-client';
import { inTurn } from './chat-history';

/** As package.json names it. */
export const vendor = 'longview';
/** What the engine writes at most. */
const maxOutputTokens = 2048;

/** Offers the model to the editor's chat and to other extensions, as one among those that can be picked there. */
export function languageModelProvider(engine: EngineClient, model: InstalledModel): vscode.Disposable {
  const { name, family = name, conversationTokens = 0 } = model;
  const information: vscode.LanguageModelChatInformation = {
    id: name,
    name,
    family,
    version: model.revision ?? '1',
    tooltip: vscode.l10n.t('Runs on this machine, in Longview.'),
    detail: 'Longview',
    maxInputTokens: conversationTokens,
    maxOutputTokens,
    capabilities: { imageInput: false, toolCalling: false },
  };
  return vscode.lm.registerLanguageModelChatProvider(vendor, {
    provideLanguageModelChatInformation: () => [information],
    provideLanguageModelChatResponse: async (_, messages, __, progress, token) => {
      const report = ({ text }: { text: string }) => progress.report(new vscode.LanguageModelTextPart(text));
      const request = { messages: inTurn(messages.map(messageOf)) };
      await engine.requestWithProgress(Chat, request, { type: ChatProgressType, report }, token);
    },
    provideTokenCount: (_, text, token) =>
      engine.request(CountTokens, { text: typeof text === 'string' ? text : textOf(text) }, token),
  });
}

function messageOf(message: vscode.LanguageModelChatRequestMessage): ChatMessage {
  const { User, Assistant } = vscode.LanguageModelChatMessageRole;
  const role = message.role === Assistant ? 'assistant' : message.role === User ? 'user' : 'system';
  return { role, content: textOf(message) };
}

/** Pictures and calls of tools are nothing to this model, and it says so in its capabilities. */
function textOf({ content }: vscode.LanguageModelChatRequestMessage): string {
  return content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
}
