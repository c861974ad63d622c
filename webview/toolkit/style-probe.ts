/**
 * While it loads, the library asks the browser whether `:focus-visible` exists by way of an inline style element. Our
 * content security policy refuses it, the answer would be no, and every mouse click would draw a focus ring. So for
 * that moment a style element is one that carries a constructed sheet, which no policy has to allow.
 * Imported before the library; `endStyleProbe` puts the browser's own function back.
 */
const original = document.createElement.bind(document);

document.createElement = ((tag: string, options?: ElementCreationOptions) =>
  tag === 'style'
    ? Object.assign(original('template'), { sheet: new CSSStyleSheet() })
    : original(tag, options)) as typeof document.createElement;

export function endStyleProbe(): void {
  document.createElement = original as typeof document.createElement;
}
