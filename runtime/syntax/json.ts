import type { FileOutline, OutlineSymbol } from '../protocol/outline';
import { scanJson, unescape, type JsonValue } from './json-scan';
import { clip, countLines, oneLine } from './lines';

/** Data beyond this size has no outline worth making. */
const scanLimit = 5_000_000;
/** A table with more keys than this is data, not structure. */
export const childLimit = 100;
export const symbolLimit = 2000;

/** The keys of the root object and, one level down, those of small objects. */
export function outlineJson(text: string, languageId: string): FileOutline {
  const symbols: OutlineSymbol[] = [];
  let children: OutlineSymbol[] = [];
  let doc: string | undefined;
  if (text.length <= scanLimit) {
    scanJson(text, 2, (value) => {
      const [key, inner] = value.path;
      if (typeof key !== 'string') return;
      if (typeof inner === 'string') children.push(symbolOf(inner, value, text));
      else if (value.path.length === 1) {
        if (key === 'description' && value.kind === 'string')
          doc = unescape(text.slice(value.start, value.end));
        const nested = value.kind === 'object' && children.length <= childLimit ? children : [];
        symbols.push({ ...symbolOf(key, value, text), children: nested });
        children = [];
      }
    });
  }
  return {
    languageId,
    lineCount: countLines(text),
    ...(doc ? { doc } : {}),
    imports: [],
    symbols: symbols.slice(0, symbolLimit),
  };
}

function symbolOf(name: string, value: JsonValue, text: string): OutlineSymbol {
  const isContainer = value.kind === 'object' || value.kind === 'array';
  const shown = isContainer
    ? value.kind === 'object'
      ? '{…}'
      : '[…]'
    : oneLine(text.slice(value.start, Math.min(value.end, value.start + 400)));
  return {
    name,
    kind: 'property',
    range: { startLine: value.line, endLine: value.endLine },
    nameLine: value.line,
    signature: clip(`${JSON.stringify(name)}: ${shown}`, 120),
    exported: true,
    children: [],
  };
}
