import type { Tab } from '../../runtime/protocol/webview';
import { element } from '../dom';
import { t } from '../translate';
import type { View } from './view';

const titles: Record<Tab, string> = { ask: t('Ask'), summary: t('Summary'), completions: t('Completions') };
const order = Object.keys(titles) as Tab[];

/** Tabs after the ARIA pattern: one tab stop, arrow keys choose, the panel follows at once. */
export function tabs(views: Record<Tab, View>, choose: (tab: Tab) => void) {
  const buttons = new Map<Tab, HTMLElement>();
  const panels = new Map<Tab, HTMLElement>();
  const list = element('div', { class: 'tabs', attributes: { role: 'tablist', 'aria-label': 'Longview' } });
  for (const tab of order) {
    const node = element('button', {
      class: 'tab',
      attributes: { type: 'button', role: 'tab', id: `tab-${tab}`, 'aria-controls': `panel-${tab}` },
      onClick: () => choose(tab),
    });
    node.append(element('span', { class: 'tab-label' }, titles[tab]));
    buttons.set(tab, node);
    const panel = element(
      'div',
      {
        class: 'panel',
        attributes: { role: 'tabpanel', id: `panel-${tab}`, 'aria-labelledby': `tab-${tab}` },
      },
      views[tab].element,
    );
    panels.set(tab, panel);
    list.append(node);
  }
  let shown: Tab | undefined;

  list.addEventListener('keydown', (event) => {
    // From the tab that has the focus: the one shown is drawn a frame later, and keys may come faster.
    const at = order.findIndex((tab) => buttons.get(tab) === event.target);
    const target = { ArrowRight: at + 1, ArrowLeft: at - 1 + order.length, Home: 0, End: order.length - 1 }[
      event.key
    ];
    if (target === undefined) return;
    event.preventDefault();
    const next = order[target % order.length] ?? 'ask';
    choose(next);
    buttons.get(next)?.focus();
  });

  return {
    list,
    panels: [...panels.values()],
    update(tab: Tab) {
      if (tab === shown) return;
      shown = tab;
      for (const name of order) {
        const chosen = name === tab;
        const node = buttons.get(name);
        node?.setAttribute('aria-selected', String(chosen));
        if (node) node.tabIndex = chosen ? 0 : -1;
        const panel = panels.get(name);
        if (panel) panel.hidden = !chosen;
      }
    },
  };
}
