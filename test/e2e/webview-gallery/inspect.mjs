/* global document, getComputedStyle, innerWidth */
/** Functions that run inside the page: they must not refer to anything outside themselves. */

/** Text whose contrast with what lies behind it is below 4.5 to 1 (WCAG AA), as sentences. */
export function unreadableText() {
  const parse = (color) => {
    const srgb = /color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)(?: \/ ([\d.]+))?\)/.exec(color);
    if (srgb) return [+srgb[1] * 255, +srgb[2] * 255, +srgb[3] * 255, +(srgb[4] ?? 1)];
    const parts = color.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0, 0];
    return [parts[0], parts[1], parts[2], parts[3] ?? 1];
  };
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const luminance = (color) => {
    const [r, g, b] = color
      .slice(0, 3)
      .map((v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const parentOf = (node) => node.assignedSlot ?? node.parentElement ?? node.getRootNode().host;
  const backdrop = (node) => {
    const layers = [];
    for (let at = node; at; at = parentOf(at)) layers.push(parse(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]);
  };
  const opacity = (node) => {
    let value = 1;
    for (let at = node; at; at = parentOf(at)) value *= Number(getComputedStyle(at).opacity);
    return value;
  };
  const found = [];
  const visit = (node) => {
    if (node.shadowRoot) [...node.shadowRoot.children].forEach(visit);
    [...node.children].forEach(visit);
    const text = [...node.childNodes]
      .filter((child) => child.nodeType === 3)
      .map((child) => child.textContent.trim())
      .join(' ')
      .trim();
    if (
      text === '' ||
      ['SCRIPT', 'STYLE'].includes(node.tagName) ||
      !node.checkVisibility({ checkVisibilityCSS: true })
    )
      return;
    // Decoration (line numbers in the theme's own colour, letters beside their spoken word) and what is switched off.
    if (node.closest('[aria-hidden=true], .spoken, [disabled], .stale')) return;
    const behind = backdrop(node);
    const color = parse(getComputedStyle(node).color);
    const front = over([...color.slice(0, 3), color[3] * opacity(node)], behind);
    const [light, dark] = [luminance(front), luminance(behind)].sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    if (ratio < 4.5)
      found.push(
        `contrast ${ratio.toFixed(2)} of "${text.slice(0, 40)}" (${node.className || node.tagName})`,
      );
  };
  visit(document.body);
  return found;
}

/** Parts that would make the view scroll sideways, or controls that reach out of it. */
export function overflowing() {
  const found = [];
  for (const node of document.querySelectorAll('.scroller, .ask-top, .summary, body')) {
    if (node.checkVisibility() && node.scrollWidth > node.clientWidth + 1)
      found.push(`sideways overflow of .${node.className} by ${node.scrollWidth - node.clientWidth} px`);
  }
  for (const node of document.querySelectorAll('button, vscode-button, a')) {
    const box = node.getBoundingClientRect();
    if (box.width > 0 && !node.closest('.tabs') && box.right > innerWidth + 1)
      found.push(`"${node.textContent.trim()}" reaches out of the view`);
  }
  return found;
}
