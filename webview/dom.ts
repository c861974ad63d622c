/**
 * Builds elements without markup strings: text from files and models only ever becomes a text node, and no `style`
 * attribute is written, so that the content security policy needs no exception.
 */
import type { ButtonAppearance } from './toolkit';

export type Child = Node | string | undefined | false;

export interface Properties {
  class?: string;
  title?: string;
  hidden?: boolean;
  /** Attributes as they stand in HTML; `undefined` leaves one out. */
  attributes?: Record<string, string | undefined>;
  onClick?: (event: MouseEvent) => void;
}

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties?: Properties,
  ...children: Child[]
): HTMLElementTagNameMap[K];
export function element(tag: string, properties?: Properties, ...children: Child[]): HTMLElement;
export function element(tag: string, properties: Properties = {}, ...children: Child[]): HTMLElement {
  const node = document.createElement(tag);
  if (properties.class) node.className = properties.class;
  if (properties.title) node.title = properties.title;
  if (properties.hidden) node.hidden = true;
  for (const [name, value] of Object.entries(properties.attributes ?? {})) {
    if (value !== undefined) node.setAttribute(name, value);
  }
  if (properties.onClick) node.addEventListener('click', properties.onClick);
  append(node, children);
  return node;
}

export function append(parent: Element, children: Child[]): void {
  for (const child of children) {
    if (child !== undefined && child !== false) parent.append(child);
  }
}

export function replace(parent: Element, ...children: Child[]): void {
  parent.replaceChildren();
  append(parent, children);
}

/** Sets text only where it differs, so that selections and live regions are left alone. */
export function setText(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** Text for screen readers alone. */
export function spoken(text: string): HTMLElement {
  return element('span', { class: 'spoken' }, text);
}

export function button(
  appearance: ButtonAppearance,
  label: Child | Child[],
  onClick: () => void,
  options: { name?: string; class?: string; title?: string } = {},
): HTMLElement {
  const node = element('vscode-button', {
    class: options.class,
    title: options.title ?? (appearance === 'icon' ? options.name : undefined),
    attributes: { appearance, 'aria-label': options.name },
    onClick,
  });
  append(node, Array.isArray(label) ? label : [label]);
  return node;
}

/** A button that reads as a link within a line of text. */
export function textButton(label: string, onClick: () => void): HTMLButtonElement {
  return element('button', { class: 'text-button', attributes: { type: 'button' }, onClick }, label);
}

/**
 * A link that the extension host follows. The target names the place for people who hover or copy it; following it
 * never navigates the webview.
 */
export function link(
  properties: Properties,
  target: string,
  follow: () => void,
  ...children: Child[]
): HTMLAnchorElement {
  const node = element('a', properties, ...children);
  node.setAttribute('href', `#${target}`);
  node.addEventListener('click', (event) => {
    event.preventDefault();
    event.stopPropagation();
    follow();
  });
  return node;
}
