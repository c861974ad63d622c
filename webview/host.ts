import type { FromWebview, ToWebview } from '../runtime/protocol/webview';
import { toMessage } from './messages';

interface EditorApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): EditorApi;

/** The editor's side of the view: messages both ways, and the state that survives while the view is not on screen. */
export interface Host {
  post(message: FromWebview): void;
  onMessage(listen: (message: ToWebview) => void): void;
  savedState(): unknown;
  saveState(state: unknown): void;
}

/** May be called once per page: the editor hands its API out a single time. */
export function connect(): Host {
  const api = acquireVsCodeApi();
  return {
    post: (message) => api.postMessage(message),
    onMessage(listen) {
      window.addEventListener('message', (event) => {
        const message = toMessage(event.data);
        if (message) listen(message);
      });
    },
    savedState: () => api.getState(),
    saveState: (state) => api.setState(state),
  };
}
