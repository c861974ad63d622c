import type { AskProgress } from '../../runtime/protocol/questions';
import type { ToWebview } from '../../runtime/protocol/webview';

/**
 * What a webview that was closed, moved or reloaded must be told to look as before: the last messages that still say
 * something. Pure: `remember` returns the new memory.
 */
export interface PanelMemory {
  status?: ToWebview;
  tab?: ToWebview;
  offers?: ToWebview;
  ask: readonly TurnMessage[];
  summary: readonly ToWebview[];
  completions: readonly ToWebview[];
}

type TurnMessage = Extract<ToWebview, { type: `ask${string}` | 'passagesNow'; id: number }>;

export const emptyMemory: PanelMemory = { ask: [], summary: [], completions: [] };

export function remember(memory: PanelMemory, message: ToWebview): PanelMemory {
  switch (message.type) {
    case 'status':
      return { ...memory, status: message };
    case 'showTab':
      return { ...memory, tab: { type: 'showTab', tab: message.tab } };
    case 'compose':
    case 'foundPlaces':
      return memory;
    case 'offers':
      return { ...memory, offers: message };
    case 'askCleared':
      return { ...memory, ask: [] };
    case 'askStarted':
    case 'askRecalled':
    case 'askProgress':
    case 'askDone':
    case 'askFailed':
    case 'passagesNow':
      return { ...memory, ask: rememberTurn(memory.ask, message) };
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

/** The conversation's messages: of each turn how it began, and what its answer has come to. */
function rememberTurn(ask: readonly TurnMessage[], message: TurnMessage): TurnMessage[] {
  switch (message.type) {
    case 'askStarted':
    case 'askRecalled': {
      return [...ask.filter(({ id }) => message.after.includes(id)), message];
    }
    case 'askDone':
      return [...ask.filter((kept) => !isOf(kept, message, 'askProgress')), message];
    case 'passagesNow':
      return [...ask.filter((kept) => !isOf(kept, message, 'passagesNow')), message];
    case 'askProgress': {
      // Passages, their notes and what is written are a part of the answer; what else is told of its making holds until the next step.
      const isStep = (kept: TurnMessage) =>
        kept.type === 'askProgress' && kept.id === message.id && !isEvidence(kept.progress);
      return [...ask.filter((kept) => !isStep(kept)), message];
    }
    case 'askFailed':
      return [...ask, message];
  }
}

const isOf = (kept: TurnMessage, { id }: TurnMessage, type: TurnMessage['type']) =>
  kept.id === id && kept.type === type;
const isEvidence = ({ stage }: AskProgress) => stage !== 'searching' && stage !== 'reranking';

/** The messages that bring a new webview to where the last one was, the tab last. */
export function replay(memory: PanelMemory): ToWebview[] {
  return [
    memory.status,
    memory.offers,
    ...memory.ask,
    ...memory.summary,
    ...memory.completions,
    memory.tab,
  ].filter((message) => message !== undefined);
}
