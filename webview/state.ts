/** Everything the view shows, as plain data. */
import type { EngineStatus } from '../runtime/protocol/engine';
import type { IndexStatus } from '../runtime/protocol/index-status';
import type { AskProgress, AskResponse } from '../runtime/protocol/questions';
import type { FileSummary } from '../runtime/protocol/summaries';
import type { CompletionsView, Notice, Tab } from '../runtime/protocol/webview';

export interface AskState {
  phase: 'idle' | 'running' | 'done' | 'failed' | 'stopped';
  /** Answers to older requests than this are late and dropped. */
  oldestWelcome: number;
  draft: string;
  question: string;
  progress?: AskProgress;
  response?: AskResponse;
  failure?: string;
  /** Questions of this session, oldest first. */
  history: string[];
}

export interface SummaryState {
  phase: 'idle' | 'reading' | 'generating' | 'done' | 'failed' | 'stopped';
  oldestWelcome: number;
  displayPath: string;
  summary?: FileSummary;
  done: number;
  total: number;
  failure?: string;
  filter: string;
}

export interface CompletionsState {
  phase: 'idle' | 'running' | 'done';
  view?: CompletionsView;
}

export interface State {
  tab: Tab;
  engine?: EngineStatus;
  index?: IndexStatus;
  notice?: Notice;
  ask: AskState;
  summary: SummaryState;
  completions: CompletionsState;
}

export const initialState: State = {
  tab: 'ask',
  ask: { phase: 'idle', oldestWelcome: 0, draft: '', question: '', history: [] },
  summary: { phase: 'idle', oldestWelcome: 0, displayPath: '', done: 0, total: 0, filter: '' },
  completions: { phase: 'idle' },
};
