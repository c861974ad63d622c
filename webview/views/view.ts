import type { FromWebview } from '../../runtime/protocol/webview';
import type { LocalEvent } from '../store';
import type { State } from '../state';

/** What a view may do. */
export interface Actions {
  post(message: FromWebview): void;
  dispatch(event: LocalEvent): void;
  /** Politely, to screen readers. */
  announce(text: string): void;
}

/** A tab's content. `update` is called with every new state and changes only what differs from the one before. */
export interface View {
  element: HTMLElement;
  update(state: State, previous: State | undefined): void;
  /** Puts the keyboard where work in this tab begins. */
  focus(): void;
}
