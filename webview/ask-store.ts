/** The Ask tab's state + event -> state: a conversation of turns, and the question that is being written. */
import type { Asking, PassageNow, Place, ShownTurn } from '../runtime/protocol/conversation';
import type { AskProgress, AskResponse, FileKind, PassageNote } from '../runtime/protocol/questions';
import type { AskState, Turn } from './state';
import type { Event } from './store';

export type AskEvent =
  | { type: 'drafted'; text: string }
  /** The host has not named this question yet. */
  | { type: 'questionSent'; asking: Asking; after: number[] }
  | { type: 'placeAdded'; place: Place }
  | { type: 'placeRemoved'; place: Place }
  | { type: 'kindToggled'; kind: FileKind }
  /** The next question keeps this many turns, all when undefined; with a turn's words in the input, it is edited. */
  | { type: 'keepChosen'; keep: number | undefined; edit?: Asking };

const recalledQuestions = 50;
/** Of a turn that was sent and not named by the host yet. */
export const unnamed = -1;

export function reduceAsk(ask: AskState, event: Event): AskState {
  switch (event.type) {
    case 'drafted':
      return { ...ask, draft: event.text };
    case 'compose':
      return {
        ...ask,
        draft: event.question ?? ask.draft,
        places: event.places.reduce(withPlace, ask.places),
      };
    case 'placeAdded':
      return { ...ask, places: withPlace(ask.places, event.place) };
    case 'placeRemoved':
      return { ...ask, places: ask.places.filter((place) => !isSamePlace(place, event.place)) };
    case 'kindToggled': {
      const rest = ask.leaveOut.filter((kind) => kind !== event.kind);
      return { ...ask, leaveOut: rest.length < ask.leaveOut.length ? rest : [...rest, event.kind] };
    }
    case 'keepChosen': {
      const { keep, edit } = event;
      const words = edit && { draft: edit.question, places: edit.places, leaveOut: edit.leaveOut };
      return { ...ask, keep, editing: edit !== undefined, ...words };
    }
    case 'offers':
      return { ...ask, offers: event.places };
    case 'foundPlaces':
      return { ...ask, found: { query: event.query, places: event.places } };
    case 'askCleared':
      return { ...ask, turns: [], keep: undefined, editing: false };
    case 'questionSent':
      return begun(ask, turn(unnamed, event.asking, 'running'), event.after);
    case 'askStarted':
      return begun(ask, turn(event.id, event.asking, 'running'), event.after);
    case 'askRecalled':
      return begun(ask, turn(event.id, event.asking, 'recalled'), event.after);
    case 'askProgress':
    case 'askDone':
    case 'askFailed':
    case 'passagesNow': {
      // What is said about a turn that is gone is late.
      const turns = ask.turns.map((each) => (each.id === event.id ? changed(each, event) : each));
      return turns.every((each, at) => each === ask.turns[at]) ? ask : { ...ask, turns };
    }
    default:
      return ask;
  }
}

const turn = (id: number, asking: Asking, phase: Turn['phase']): Turn => ({
  id,
  asking,
  phase,
  unwritten: [],
});

function begun(ask: AskState, next: Turn, after: readonly number[]): AskState {
  const { question } = next.asking;
  return {
    ...ask,
    turns: [...ask.turns.filter(({ id }) => after.includes(id)), next],
    keep: undefined,
    editing: false,
    draft: ask.draft === question ? '' : ask.draft,
    history: [...ask.history.filter((earlier) => earlier !== question), question].slice(-recalledQuestions),
  };
}

type TurnEvent = Extract<Event, { type: 'askProgress' | 'askDone' | 'askFailed' | 'passagesNow' }>;

function changed(before: Turn, event: TurnEvent): Turn {
  switch (event.type) {
    case 'askProgress':
      return progressed(before, event.progress);
    case 'askDone':
      return { ...before, phase: 'done', response: event.response, unwritten: [], progress: undefined };
    case 'askFailed':
      // With passages on the screen there is nothing to be said but that no more lines are written.
      if (before.response) return { ...before, phase: 'done', unwritten: [], progress: undefined };
      return {
        ...before,
        phase: event.cancelled ? 'stopped' : 'failed',
        failure: event.message,
        progress: undefined,
      };
    case 'passagesNow':
      return before.response ? { ...before, now: event.passages } : before;
  }
}

function progressed(before: Turn, progress: AskProgress): Turn {
  switch (progress.stage) {
    case 'passages':
      return { ...before, phase: 'writing', response: progress.response, unwritten: progress.unwritten };
    case 'note':
      return {
        ...before,
        unwritten: before.unwritten.filter((number) => number !== progress.number),
        response: before.response && withNote(before.response, progress.number, progress.note),
      };
    case 'answer':
      return { ...before, phase: 'writing', written: { model: progress.model, text: '' } };
    case 'piece': {
      const { written } = before;
      return written ? { ...before, written: { ...written, text: written.text + progress.text } } : before;
    }
    default:
      return { ...before, phase: 'running', progress };
  }
}

function withNote(response: AskResponse, number: number, note: PassageNote | undefined): AskResponse {
  if (!note) return response;
  const passages = response.passages.map((passage) =>
    passage.number === number ? { ...passage, note } : passage,
  );
  return { ...response, passages };
}

const withPlace = (places: Place[], place: Place): Place[] =>
  places.some((other) => isSamePlace(other, place)) ? places : [...places, place];

export const isSamePlace = (a: Place, b: Place): boolean =>
  a.kind === b.kind &&
  a.path === b.path &&
  a.range?.startLine === b.range?.startLine &&
  a.range?.endLine === b.range?.endLine;

/** The turns that the next question follows. */
export const followed = (ask: AskState): Turn[] => ask.turns.slice(0, ask.keep ?? ask.turns.length);

/** The turn that is being answered. */
export const runningTurn = (ask: AskState): Turn | undefined => {
  const last = ask.turns.at(-1);
  return last && (last.phase === 'running' || last.phase === 'writing') ? last : undefined;
};

/** The answers that the view shows of itself after it was made anew: the host may not know them. */
export const shownTurns = (ask: AskState): ShownTurn[] =>
  ask.turns.flatMap(({ id, asking, response }) =>
    response?.passages.length ? [{ id, asking, response }] : [],
  );

/** As it shows where a passage stands after edits. */
export const placeNow = (turn: Turn, number: number): PassageNow | undefined =>
  turn.now?.find((passage) => passage.number === number);

/**
 * What is kept while the view is not on screen. A question in flight is not: its messages may never come, so that its
 * words go back to the input; passages that are there stay.
 */
export function persistentAsk(ask: AskState): AskState {
  const turns = ask.turns
    .filter(({ phase }) => phase !== 'running')
    .map((each): Turn => (each.phase === 'writing' ? { ...each, phase: 'done', unwritten: [] } : each));
  const waiting = ask.turns.find(({ phase }) => phase === 'running');
  return {
    ...ask,
    turns,
    draft: ask.draft || (waiting?.asking.question ?? ''),
    offers: [],
    found: undefined,
  };
}
