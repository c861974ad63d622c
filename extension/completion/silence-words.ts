import * as vscode from 'vscode';
import { silenceSentence, type SilenceFacts } from '../../runtime/completion/silence';
import type { SilenceReason } from '../../runtime/protocol/completion';
import type { EngineClient } from '../engine/engine-client';
import { languageName } from '../status/language-name';

export type SilenceWords = (reason: SilenceReason, languageId: string) => string;

export function silenceFacts(engine: EngineClient, languageId: string): SilenceFacts {
  const failure = engine.state.kind === 'failed' ? engine.state.reason : engine.status?.model.error;
  return {
    language: languageName(languageId),
    model: engine.status?.model.name ?? 'Longview',
    ...(failure !== undefined && { failure }),
  };
}

export function silenceWords(engine: EngineClient): SilenceWords {
  return (reason, languageId) => silenceSentence(reason, silenceFacts(engine, languageId), vscode.l10n.t);
}
