/** A value in a JSON text. Lines from 0, offsets in UTF-16 units. */
export interface JsonValue {
  /** Keys and indices from the root; empty for the root. */
  path: readonly (string | number)[];
  kind: 'object' | 'array' | 'string' | 'other';
  /** Start of the key where there is one, else of the value. */
  line: number;
  endLine: number;
  start: number;
  end: number;
}

interface Open {
  isArray: boolean;
  index: number;
  key?: string;
  keyLine: number;
  start: number;
  line: number;
}

const token = /"(?:[^"\\\n]|\\[\s\S])*"|\/\/[^\n]*|\/\*[\s\S]*?\*\/|[{}[\],:]|\n|[^\s"{}[\],:/]+|["/]/g;

/**
 * Every value down to `maxDepth`, containers when they end, in one pass without recursion. Takes comments, trailing
 * commas and broken text; what makes no sense is passed over.
 */
export function scanJson(text: string, maxDepth: number, visit: (value: JsonValue) => void): void {
  const open: Open[] = [];
  let line = 0;
  const emit = (kind: JsonValue['kind'], start: number, end: number, startLine: number): void => {
    const holder = open.at(-1);
    if (open.length > maxDepth || (holder && !holder.isArray && holder.key === undefined)) return;
    const path = open.map((each) => (each.isArray ? each.index : (each.key ?? '')));
    visit({
      path,
      kind,
      line: holder && !holder.isArray ? holder.keyLine : startLine,
      endLine: line,
      start,
      end,
    });
  };
  const settle = (): void => {
    const holder = open.at(-1);
    if (holder) holder.key = undefined;
  };
  for (const match of text.matchAll(token)) {
    const piece = match[0];
    const first = piece[0];
    if (first === '\n') line++;
    else if (first === '/') line += piece.split('\n').length - 1;
    else if (first === '{' || first === '[') {
      open.push({ isArray: first === '[', index: 0, keyLine: line, start: match.index, line });
    } else if (first === '}' || first === ']') {
      const closed = open.pop();
      if (!closed) continue;
      emit(closed.isArray ? 'array' : 'object', closed.start, match.index + 1, closed.line);
      settle();
    } else if (first === ',') {
      const holder = open.at(-1);
      if (holder) holder.index++;
    } else if (first !== ':') {
      const holder = open.at(-1);
      if (holder && !holder.isArray && holder.key === undefined) {
        if (first === '"') Object.assign(holder, { key: unescape(piece), keyLine: line });
        continue;
      }
      emit(first === '"' ? 'string' : 'other', match.index, match.index + piece.length, line);
      settle();
    }
  }
}

/** The text of a string literal; as written where its escapes are broken. */
export function unescape(literal: string): string {
  try {
    return String(JSON.parse(literal));
  } catch {
    return literal.slice(1, -1);
  }
}
