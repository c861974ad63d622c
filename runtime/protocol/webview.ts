/** The messages between the extension host and the side bar's webview. Every one is checked on arrival. */
import type { CompletionCandidate, CompletionCost } from './completion';
import type { Asking, PassageNow, Place, ShownTurn } from './conversation';
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
  /** `after`: the turns of the conversation that stay, in front of this one. */
  | { type: 'askStarted'; id: number; asking: Asking; after: number[] }
  /** A turn of an earlier conversation, which is not answered again unless asked for. */
  | { type: 'askRecalled'; id: number; asking: Asking; after: number[] }
  | { type: 'askProgress'; id: number; progress: AskProgress }
  | { type: 'askDone'; id: number; response: AskResponse }
  | { type: 'askFailed'; id: number; message: string; cancelled: boolean }
  | { type: 'passagesNow'; id: number; passages: PassageNow[] }
  /** A conversation begins anew. */
  | { type: 'askCleared' }
  /** Puts words and places into the question that is being written. */
  | { type: 'compose'; question?: string; places: Place[] }
  /** What is open in the editor: offered as places. */
  | { type: 'offers'; places: Place[] }
  | { type: 'foundPlaces'; query: string; places: Place[] }
  | { type: 'summaryStarted'; id: number; displayPath: string }
  | { type: 'summaryOutline'; id: number; summary: FileSummary; toGenerate: number }
  | { type: 'summaryLine'; id: number; index: number; line: SummaryLine; done: number; total: number }
  | { type: 'summaryDone'; id: number; summary: FileSummary }
  | { type: 'summaryFailed'; id: number; message: string; cancelled: boolean }
  | { type: 'completionsStarted' }
  | { type: 'completions'; view: CompletionsView };

export type FromWebview =
  | { type: 'ready' }
  /** What the page still shows of an earlier window, and this one may know nothing of. */
  | { type: 'restored'; turns: ShownTurn[] }
  /** `after`: the turns that stay; `earlier`: their questions, which this one follows. */
  | { type: 'ask'; asking: Asking; after: number[]; earlier: string[] }
  | { type: 'newConversation' }
  | { type: 'showHistory' }
  | { type: 'findPlaces'; query: string }
  | { type: 'pickPlace' }
  /** Dragged into the panel, as URIs. */
  | { type: 'dropPlaces'; uris: string[] }
  | { type: 'cancel'; what: Tab }
  | { type: 'openCitation'; path: string; range: LineRange; id: number; number: number }
  | { type: 'copyPassage'; id: number; number: number }
  | { type: 'insertPassage'; id: number; number: number }
  /** Puts a passage's generated note above its code. */
  | { type: 'insertNote'; id: number; number: number }
  | { type: 'copyAnswer'; id: number }
  | { type: 'exportAnswer'; id: number }
  /** What a model wrote, without the passages. */
  | { type: 'copyWritten'; id: number }
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
