/** Starts the side bar's view: messages in, state through the reducer, one drawing per frame, state kept. */
import { announcement } from './announce';
import { shownTurns } from './ask-store';
import { append, element } from './dom';
import { connect } from './host';
import type { State } from './state';
import { persistent, reduce, restored } from './store';
import type { Event } from './store';
import { registerComponents } from './toolkit';
import { askView } from './views/ask';
import { banner } from './views/banner';
import { completionsView } from './views/completions';
import { summaryView } from './views/summary';
import { tabs } from './views/tabs';
import type { Actions } from './views/view';

/** Milliseconds between two savings of the state: often enough to lose nothing, seldom enough to cost nothing. */
const saveDelay = 500;

registerComponents();
const host = connect();
let state = restored(host.savedState());
let drawn: State | undefined;
let drawing = false;
let saving: ReturnType<typeof setTimeout> | undefined;
let focusWanted = false;

const live = element('div', { class: 'spoken', attributes: { role: 'status', 'aria-live': 'polite' } });
const actions: Actions = { post: (message) => host.post(message), dispatch, announce: say };
const views = { ask: askView(actions), summary: summaryView(actions), completions: completionsView(actions) };
const bar = tabs(views, (tab) => dispatch({ type: 'tabChosen', tab }));
const problems = banner(actions);

function dispatch(event: Event): void {
  const before = state;
  state = reduce(state, event);
  if (state === before) return;
  const words = announcement(before, state);
  if (words !== undefined) say(words);
  scheduleDrawing();
  saving ??= setTimeout(save, saveDelay);
}

function scheduleDrawing(): void {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    draw();
  });
}

function draw(): void {
  bar.update(state.tab);
  problems.update(state);
  for (const view of Object.values(views)) view.update(state, drawn);
  drawn = state;
  if (focusWanted) views[state.tab].focus();
  focusWanted = false;
}

function save(): void {
  saving = undefined;
  host.saveState(persistent(state));
}

function say(text: string): void {
  live.textContent = text;
}

host.onMessage((message) => {
  if ((message.type === 'showTab' && message.focus) || message.type === 'compose') {
    focusWanted = true;
    scheduleDrawing();
  }
  dispatch(message);
});

append(document.body, [bar.list, problems.element, ...bar.panels, live]);
draw();
window.addEventListener('pagehide', save);
const kept = shownTurns(state.ask);
host.post({ type: 'ready' });
if (kept.length > 0) host.post({ type: 'restored', turns: kept });
