/** State + event -> state, without effects. Events are the host's messages and what the user does in the view. */
import { recordOf } from '../runtime/protocol/json';
import type { ToWebview, Tab } from '../runtime/protocol/webview';
import { initialState } from './state';
import { persistentAsk, reduceAsk, type AskEvent } from './ask-store';
import type { State, SummaryState } from './state';

export type LocalEvent = { type: 'tabChosen'; tab: Tab } | { type: 'filtered'; text: string } | AskEvent;

export type Event = ToWebview | LocalEvent;

export function reduce(state: State, event: Event): State {
  switch (event.type) {
    case 'showTab':
    case 'tabChosen':
      return { ...state, tab: event.tab };
    case 'status':
      return { ...state, engine: event.status, index: event.index, notice: event.notice };
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
    default: {
      const ask = reduceAsk(state.ask, event);
      return ask === state.ask ? state : { ...state, ask };
    }
  }
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
    ask: persistentAsk(ask),
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
  const { tab, ask, summary, completions } = recordOf(saved) as Partial<State>;
  if (
    !ask ||
    !Array.isArray(ask.history) ||
    !Array.isArray(ask.turns) ||
    !summary ||
    typeof summary.filter !== 'string' ||
    !completions
  )
    return initialState;
  return {
    tab: tab ?? 'ask',
    ask: { ...initialState.ask, ...ask },
    summary: { ...initialState.summary, ...summary },
    completions,
  };
}
