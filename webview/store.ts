/** State + event -> state, without effects. Events are the host's messages and what the user does in the view. */
import type { ToWebview, Tab } from '../runtime/protocol/webview';
import { initialState } from './state';
import type { AskState, State, SummaryState } from './state';

export type LocalEvent =
  | { type: 'tabChosen'; tab: Tab }
  | { type: 'drafted'; text: string }
  | { type: 'questionSent'; question: string }
  | { type: 'filtered'; text: string };

export type Event = ToWebview | LocalEvent;

const historyLength = 50;

export function reduce(state: State, event: Event): State {
  switch (event.type) {
    case 'showTab':
    case 'tabChosen':
      return { ...state, tab: event.tab };
    case 'status':
      return { ...state, engine: event.status, index: event.index, notice: event.notice };
    case 'drafted':
    case 'setQuestion':
    case 'questionSent':
    case 'askStarted':
    case 'askProgress':
    case 'askDone':
    case 'askFailed':
      return { ...state, ask: reduceAsk(state.ask, event) };
    case 'filtered':
    case 'summaryStarted':
    case 'summaryOutline':
    case 'summaryLine':
    case 'summaryDone':
    case 'summaryFailed':
      return { ...state, summary: reduceSummary(state.summary, event) };
    case 'completionsStarted':
      return { ...state, completions: { ...state.completions, phase: 'running' } };
    case 'completions':
      return { ...state, completions: { phase: 'done', view: event.view } };
    default:
      return state;
  }
}

function reduceAsk(ask: AskState, event: Event): AskState {
  switch (event.type) {
    case 'drafted':
      return { ...ask, draft: event.text };
    case 'setQuestion':
      return { ...ask, draft: event.question };
    case 'questionSent':
      // The host has not named this question yet: whatever it still says about an earlier one is late.
      return { ...asked(ask, event.question), oldestWelcome: ask.oldestWelcome + 1 };
    case 'askStarted':
      // The host counts, and starts again at a new session: its word on what is current is final.
      return { ...asked(ask, event.question), oldestWelcome: event.id };
    default:
  }
  if (!('id' in event) || event.id < ask.oldestWelcome) return ask;
  const current = { ...ask, oldestWelcome: event.id, progress: undefined };
  switch (event.type) {
    case 'askProgress':
      return { ...current, phase: 'running', progress: event.progress };
    case 'askDone':
      return { ...current, phase: 'done', response: event.response, failure: undefined };
    case 'askFailed':
      return { ...current, phase: event.cancelled ? 'stopped' : 'failed', failure: event.message };
    default:
      return ask;
  }
}

function asked(ask: AskState, question: string): AskState {
  const history = [...ask.history.filter((earlier) => earlier !== question), question].slice(-historyLength);
  return {
    ...ask,
    phase: 'running',
    question,
    draft: ask.draft === question ? '' : ask.draft,
    history,
    progress: undefined,
    response: undefined,
    failure: undefined,
  };
}

function reduceSummary(state: SummaryState, event: Event): SummaryState {
  if (event.type === 'filtered') return { ...state, filter: event.text };
  if (event.type === 'summaryStarted') {
    const again = state.displayPath === event.displayPath;
    return {
      phase: 'reading',
      oldestWelcome: event.id,
      displayPath: event.displayPath,
      // The same file again: its last summary stays in sight until the new outline is there.
      summary: again ? state.summary : undefined,
      done: 0,
      total: 0,
      filter: again ? state.filter : '',
    };
  }
  if (!('id' in event) || event.id < state.oldestWelcome) return state;
  const current = { ...state, oldestWelcome: event.id };
  switch (event.type) {
    case 'summaryOutline': {
      const phase = event.toGenerate > 0 ? 'generating' : 'reading';
      const { displayPath } = event.summary;
      return { ...current, phase, displayPath, summary: event.summary, done: 0, total: event.toGenerate };
    }
    case 'summaryLine': {
      if (!state.summary || event.index >= state.summary.lines.length) return state;
      const lines = state.summary.lines.slice();
      lines[event.index] = event.line;
      return {
        ...current,
        phase: 'generating',
        summary: { ...state.summary, lines },
        done: event.done,
        total: event.total,
      };
    }
    case 'summaryDone':
      return {
        ...current,
        phase: 'done',
        displayPath: event.summary.displayPath,
        summary: event.summary,
        failure: undefined,
      };
    case 'summaryFailed':
      return { ...current, phase: event.cancelled ? 'stopped' : 'failed', failure: event.message };
    default:
      return state;
  }
}

/**
 * What is kept while the view is not on screen. Work in flight is not: its messages may never come, and if they do,
 * they are welcome again, whatever their number.
 */
export function persistent(state: State): State {
  const { ask, summary, completions } = state;
  return {
    tab: state.tab,
    ask: {
      ...ask,
      oldestWelcome: 0,
      progress: undefined,
      ...(ask.phase === 'running' && { phase: 'idle' as const, draft: ask.draft || ask.question }),
    },
    summary: {
      ...summary,
      oldestWelcome: 0,
      ...(isSummarising(summary) && { phase: summary.summary ? ('stopped' as const) : ('idle' as const) }),
    },
    completions: completions.view ? { phase: 'done', view: completions.view } : { phase: 'idle' },
  };
}

export function isSummarising({ phase }: SummaryState): boolean {
  return phase === 'reading' || phase === 'generating';
}

/** What an earlier session of the view kept, or the empty state where that has another shape. */
export function restored(saved: unknown): State {
  if (typeof saved !== 'object' || saved === null) return initialState;
  const { tab, ask, summary, completions } = saved as Partial<State>;
  if (!ask || !Array.isArray(ask.history) || !summary || typeof summary.filter !== 'string' || !completions)
    return initialState;
  return {
    tab: tab ?? 'ask',
    ask: { ...initialState.ask, ...ask },
    summary: { ...initialState.summary, ...summary },
    completions,
  };
}
