import { element, replace, textButton } from '../dom';
import type { State } from '../state';
import { message } from './message';
import type { Actions } from './view';

/** What is wrong with the engine or its model, above every tab; empty while all is well. */
export function banner(actions: Actions): { element: HTMLElement; update(state: State): void } {
  const node = element('div', { class: 'banner', hidden: true });
  let shown = '';
  const run = (label: string, command: 'restartEngine' | 'showDiagnostics') =>
    textButton(label, () => actions.post({ type: 'command', command }));

  return {
    element: node,
    update({ engine, notice }) {
      const failure =
        engine?.model.state === 'failed'
          ? (engine.model.error ?? `The model ${engine.model.name} could not be loaded.`)
          : undefined;
      const key = JSON.stringify([failure, notice]);
      if (key === shown) return;
      shown = key;
      node.hidden = failure === undefined && !notice;
      replace(
        node,
        failure !== undefined &&
          message(
            'error',
            failure,
            run('Restart Engine', 'restartEngine'),
            run('Show Diagnostics', 'showDiagnostics'),
          ),
        notice
          ? message(
              'warning',
              notice,
              failure === undefined && run('Restart Engine', 'restartEngine'),
              failure === undefined && run('Show Diagnostics', 'showDiagnostics'),
            )
          : undefined,
      );
    },
  };
}
