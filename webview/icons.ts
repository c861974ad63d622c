/** Small line icons on a 16 by 16 grid, drawn in the colour of the text around them. */
const shapes = {
  send: 'M8 13V3.5 M3.8 7.2 8 3l4.2 4.2',
  stop: 'M4.5 4.5h7v7h-7z',
  copy: 'M5.5 5.5h8v8h-8z M3 10.5h-.5v-8h8V3',
  check: 'M3 8.5 6.5 12 13 4.5',
  refresh: 'M13 8a5 5 0 1 1-1.6-3.7 M13.2 2.2v2.9h-2.9',
  export: 'M8 10V2.5 M5 5.2 8 2.3l3 2.9 M3 8.5v5h10v-5',
  sparkle: 'M7 2.5 8.4 6.6 12.5 8 8.4 9.4 7 13.5 5.6 9.4 1.5 8l4.1-1.4z M12.5 1.8v3 M11 3.3h3',
  warning: 'M8 2 1.7 13.5h12.6z M8 6.3v3.6 M8 11.3v.9',
  info: 'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8z M8 7.2V11.5 M8 4.6v1',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9z M10.3 10.3 14 14',
  file: 'M3.5 1.8h6l3 3v9.4h-9z M9.3 1.9v3.2h3.2',
  arrow: 'M3 8h9.5 M8.8 4.2 12.6 8l-3.8 3.8',
  insert: 'M3 3.5v4.8h9.2 M9 5l3.4 3.3L9 11.6',
  add: 'M8 3v10 M3 8h10',
  close: 'M4.5 4.5l7 7 M11.5 4.5l-7 7',
  hash: 'M6.2 2.5 5 13.5 M11 2.5 9.8 13.5 M2.8 5.8h11 M2.2 10.2h11',
  history: 'M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2z M8 4.8v3.4l2.3 1.5',
  edit: 'M2.8 13.2l.7-3L10.6 3 13 5.4 5.9 12.5z M9 4.7l2.3 2.3',
  folder: 'M1.8 3.8h4.4l1.4 1.6h6.6v7.2H1.8z',
  selection: 'M2.5 4h6 M2.5 8h11 M2.5 12h8',
  follow: 'M3.5 2.8v5.4h8.7 M9.2 5.2l3 3-3 3',
  document: 'M3.5 1.8h9v12.4h-9z M5.8 5h4.4 M5.8 7.8h4.4 M5.8 10.6h2.6',
  chevron: 'M6 4l4 4-4 4',
  slash: 'M10.5 2.5l-5 11',
} as const;

export type IconName = keyof typeof shapes;

const svg = 'http://www.w3.org/2000/svg';

/** @param label read aloud; without one the icon is decoration. */
export function icon(name: IconName, label?: string): SVGSVGElement {
  const node = document.createElementNS(svg, 'svg');
  node.setAttribute('viewBox', '0 0 16 16');
  node.setAttribute('class', `icon icon-${name}`);
  if (label === undefined) {
    node.setAttribute('aria-hidden', 'true');
  } else {
    node.setAttribute('role', 'img');
    node.setAttribute('aria-label', label);
  }
  const path = document.createElementNS(svg, 'path');
  path.setAttribute('d', shapes[name]);
  node.append(path);
  return node;
}
