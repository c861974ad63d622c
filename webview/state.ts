/** Everything the view shows, as plain data. */
import type { Asking, PassageNow, Place } from '../runtime/protocol/conversation';
import type { EngineStatus } from '../runtime/protocol/engine';
import type { IndexStatus } from '../runtime/protocol/index-status';
import type { AskProgress, AskResponse, FileKind } from '../runtime/protocol/questions';
import type { FileSummary } from '../runtime/protocol/summaries';
import type { CompletionsView, Notice, Tab } from '../runtime/protocol/webview';

/** A question and its answer. */
export interface Turn {
  /** Named by the host, which counts on from turn to turn. */
  id: number;
  asking: Asking;
  /** `writing`: the passages are there, lines about them are still written. `recalled`: from the history. */
  phase: 'running' | 'writing' | 'done' | 'failed' | 'stopped' | 'recalled';
  progress?: AskProgress;
  response?: AskResponse;
  /** Numbers of the passages whose notes are being written. */
  unwritten: number[];
  /** An answer as it is being written. */
  written?: { model: string; text: string };
  /** Where the passages stand since their files were edited. */
  now?: PassageNow[];
  failure?: string;
}

export interface AskState {
  /** Oldest first. */
  turns: Turn[];
  // The question that is being written.
  draft: string;
  places: Place[];
  leaveOut: FileKind[];
  /** How many turns it follows; all when undefined. */
  keep?: number;
  /** It replaces a turn. */
  editing: boolean;
  /** Places that are open in the editor. */
  offers: Place[];
  /** Places whose names match what was typed after a "#". */
  found?: { query: string; places: Place[] };
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
  ask: { turns: [], draft: '', places: [], leaveOut: [], editing: false, offers: [], history: [] },
  summary: { phase: 'idle', oldestWelcome: 0, displayPath: '', done: 0, total: 0, filter: '' },
  completions: { phase: 'idle' },
};
