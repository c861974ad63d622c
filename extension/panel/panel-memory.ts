import type { ToWebview } from '../../runtime/protocol/webview';

/**
 * What a webview that was closed, moved or reloaded must be told to look as before: the last messages that still say
 * something. Pure: `remember` returns the new memory.
 */
export interface PanelMemory {
  status?: ToWebview;
  tab?: ToWebview;
  ask: readonly ToWebview[];
  summary: readonly ToWebview[];
  completions: readonly ToWebview[];
}

export const emptyMemory: PanelMemory = { ask: [], summary: [], completions: [] };

export function remember(memory: PanelMemory, message: ToWebview): PanelMemory {
  switch (message.type) {
    case 'status':
      return { ...memory, status: message };
    case 'showTab':
      return { ...memory, tab: { type: 'showTab', tab: message.tab } };
    case 'setQuestion':
      return memory;
    case 'askStarted':
      return { ...memory, ask: [message] };
    case 'askProgress':
      return { ...memory, ask: [...memory.ask.filter((kept) => kept.type !== 'askProgress'), message] };
    case 'askDone':
    case 'askFailed':
      return { ...memory, ask: [...memory.ask.filter((kept) => kept.type === 'askStarted'), message] };
    case 'summaryStarted':
      return { ...memory, summary: [message] };
    case 'summaryOutline':
    case 'summaryLine':
      return { ...memory, summary: [...memory.summary, message] };
    case 'summaryDone':
      // The finished summary holds every line that came before it.
      return {
        ...memory,
        summary: [...memory.summary.filter((kept) => kept.type === 'summaryStarted'), message],
      };
    case 'summaryFailed':
      return { ...memory, summary: [...memory.summary, message] };
    case 'completionsStarted':
    case 'completions':
      return { ...memory, completions: [message] };
  }
}

/** The messages that bring a new webview to where the last one was, the tab last. */
export function replay(memory: PanelMemory): ToWebview[] {
  return [memory.status, ...memory.ask, ...memory.summary, ...memory.completions, memory.tab].filter(
    (message) => message !== undefined,
  );
}
