/** The messages between the extension host and the side bar's webview. Every one is checked on arrival. */
import type { CompletionCandidate, CompletionCost } from './completion';
import type { EngineStatus } from './engine';
import type { IndexStatus } from './index-status';
import type { AskProgress, AskResponse } from './questions';
import type { FileSummary, SummaryLine } from './summaries';
import type { LineRange } from './text';

export type Tab = 'ask' | 'summary' | 'completions';

/** What the Completions tab shows for the place of the cursor. */
export interface CompletionsView {
  displayPath: string;
  position: { line: number; character: number };
  candidates: CompletionCandidate[];
  cost?: CompletionCost;
  /** What the engine held when it had answered. */
  held?: Pick<EngineStatus, 'memory' | 'kept'>;
  stillReading: boolean;
  /** A sentence, when there is nothing to show. */
  silence?: string;
}

/** What keeps every tab from working, in words. */
export interface Notice {
  kind: 'untrusted' | 'off' | 'failed' | 'restarting' | 'index-failed';
  text: string;
}

export type ToWebview =
  | { type: 'showTab'; tab: Tab; focus?: boolean }
  | { type: 'status'; status: EngineStatus | undefined; index: IndexStatus | undefined; notice?: Notice }
  | { type: 'askStarted'; id: number; question: string }
  | { type: 'askProgress'; id: number; progress: AskProgress }
  | { type: 'askDone'; id: number; response: AskResponse; generatedAnswers: false }
  | { type: 'askFailed'; id: number; message: string; cancelled: boolean }
  | { type: 'setQuestion'; question: string }
  | { type: 'summaryStarted'; id: number; displayPath: string }
  | { type: 'summaryOutline'; id: number; summary: FileSummary; toGenerate: number }
  | { type: 'summaryLine'; id: number; index: number; line: SummaryLine; done: number; total: number }
  | { type: 'summaryDone'; id: number; summary: FileSummary }
  | { type: 'summaryFailed'; id: number; message: string; cancelled: boolean }
  | { type: 'completionsStarted' }
  | { type: 'completions'; view: CompletionsView };

export type FromWebview =
  | { type: 'ready' }
  | { type: 'ask'; question: string }
  | { type: 'cancel'; what: Tab }
  | { type: 'openCitation'; path: string; range: LineRange; number?: number }
  | { type: 'copyPassage'; number: number }
  | { type: 'summarize' }
  | { type: 'exportSummary' }
  | { type: 'openLine'; path: string; line: number; endLine: number }
  | { type: 'requestCompletions' }
  | { type: 'insertCompletion'; index: number }
  | { type: 'switchOn'; what: 'longview' | 'index' }
  | { type: 'manageTrust' }
  | { type: 'command'; command: PanelCommand };

/** Commands of the extension, without the "longview." in front. */
export type PanelCommand =
  | 'pauseIndexing'
  | 'resumeIndexing'
  | 'showDiagnostics'
  | 'explainSilence'
  | 'restartEngine'
  | 'openSettings';
