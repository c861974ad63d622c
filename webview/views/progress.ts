import { element } from '../dom';
import { percent } from '../format';

export interface ProgressBar {
  element: HTMLElement;
  /** @param share 0..1; undefined while the end is not in sight. */
  update(share: number | undefined): void;
}

export function progressBar(name: string): ProgressBar {
  const fill = element('div', { class: 'bar-fill' });
  const bar = element(
    'div',
    {
      class: 'bar',
      attributes: { role: 'progressbar', 'aria-label': name, 'aria-valuemin': '0', 'aria-valuemax': '100' },
    },
    fill,
  );
  return {
    element: bar,
    update(share) {
      bar.classList.toggle('endless', share === undefined);
      if (share === undefined) {
        bar.removeAttribute('aria-valuenow');
        bar.removeAttribute('aria-valuetext');
        fill.style.removeProperty('inline-size');
        return;
      }
      bar.setAttribute('aria-valuenow', String(Math.round(share * 100)));
      bar.setAttribute('aria-valuetext', percent(share));
      // Through the style object: the policy forbids style attributes in markup, not this.
      fill.style.inlineSize = `${Math.min(1, Math.max(0, share)) * 100}%`;
    },
  };
}
