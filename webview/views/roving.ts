/**
 * One tab stop for a whole list, as in the editor's own lists: arrow keys, Home and End move within it.
 * @param items CSS selector of what takes the focus in each entry.
 * @returns to be called when entries came or went.
 */
export function rovingList(list: HTMLElement, items: string): () => void {
  const entryOf = (item: HTMLElement) => item.closest<HTMLElement>('[role=listitem]') ?? item;
  const visible = () =>
    [...list.querySelectorAll<HTMLElement>(items)].filter((item) => !entryOf(item).hidden);
  let current: HTMLElement | undefined;

  function select(item: HTMLElement | undefined): void {
    if (current && current !== item) setReachable(current, false);
    current = item;
    if (item) setReachable(item, true);
  }

  /** The entry's own buttons come and go from the tab order together with it. */
  function setReachable(item: HTMLElement, reachable: boolean): void {
    const entry = entryOf(item);
    for (const stop of entry.querySelectorAll<HTMLElement>('a, button, vscode-button, [data-stop]')) {
      stop.tabIndex = reachable ? 0 : -1;
    }
    entry.classList.toggle('current', reachable);
  }

  list.addEventListener('keydown', (event) => {
    const all = visible();
    const at = current ? all.indexOf(current) : -1;
    const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (target === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    // Inside a scrolled code block, arrow keys still belong to the list: only sideways keys scroll it.
    event.preventDefault();
    const next = all[Math.min(all.length - 1, Math.max(0, target))];
    if (!next) return;
    select(next);
    next.focus({ preventScroll: true });
    entryOf(next).scrollIntoView({ block: 'nearest' });
  });

  list.addEventListener('focusin', (event) => {
    const entry = (event.target as HTMLElement).closest('[role=listitem]');
    const item = entry?.querySelector<HTMLElement>(items);
    if (item && item !== current) select(item);
  });

  return () => {
    if (current?.isConnected && list.contains(current) && !entryOf(current).hidden) return;
    for (const item of list.querySelectorAll<HTMLElement>(items)) {
      if (item.tabIndex !== -1) setReachable(item, false);
    }
    select(visible()[0]);
  };
}
