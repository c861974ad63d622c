import type { FileOutline, OutlineSymbol } from '../protocol/outline';
import { commentProse, withoutLicence } from './comments';
import { childLimit, symbolLimit } from './json';
import { clip, countLines, oneLine } from './lines';

/** Longer lines are data, not keys. */
const lineLimit = 1000;
const quotedKey = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')\s*:(?=\s|$)/;
/** What a plain key cannot begin with: other quotes, anchors, flow collections, list items, Helm's braces. */
const noPlainKey = /^(?:[#&*!|>%@`{}[\],"']|[?:-](?:\s|$))/;
/** Nothing behind the colon but an anchor, a tag or a comment: what is below belongs to the key. */
const opens = /^(?:[&!]\S+\s*)*(?:#.*)?$/;
/** What closes a value or goes on with it, as far left as its key: list items and the ends of flow collections. */
const goesOn = /^(?:-(?:\s|$)|[}\]])/;

interface Open {
  symbol: OutlineSymbol;
  indent: number;
  /** Its value begins on a line below; a flow collection, a quoted or a block text has no keys of its own. */
  opens: boolean;
  /** Where the keys of its mapping stand; -1 where its value is none. */
  inner?: number;
}

/**
 * The keys of the root mappings and, one level down, those of small mappings. Two levels need no grammar: whatever
 * stands in lists, block texts and flow collections lies deeper than the key that they belong to.
 */
export function outlineYaml(text: string): FileOutline {
  const symbols: OutlineSymbol[] = [];
  let open: Open[] = [];
  let comments: { text: string; indent: number }[] = [];
  let doc: string | undefined;
  const fileDoc = () => {
    const prose = symbols.length === 0 && commentProse(comments.map((comment) => comment.text));
    if (prose) doc ??= withoutLicence(prose);
    comments = [];
  };
  for (const [line, raw] of text.split('\n').entries()) {
    const content = raw.trim();
    const indent = raw.search(/\S|$/);
    if (content === '') fileDoc();
    else if (content.startsWith('#')) comments.push({ text: content, indent });
    else if (indent === 0 && /^(?:---|\.\.\.)(?:\s|$)/.test(content)) {
      fileDoc();
      open = [];
    } else {
      while (open.length > 0 && !within(open.at(-1)!, indent, content)) open.pop();
      for (const { symbol } of open) symbol.range.endLine = line;
      const found = keyIn(content);
      const parent = open.at(-1);
      if (parent) parent.inner ??= found ? indent : -1;
      const depth = indent === 0 ? 0 : open.length;
      if (found && (depth === 0 || (depth === 1 && parent!.opens && parent!.inner === indent))) {
        const above = comments.slice(1 + comments.findLastIndex((comment) => comment.indent !== indent));
        const symbol = symbolOf(
          found,
          line,
          above.map((comment) => comment.text),
        );
        if (depth === 0 && found.name === 'description' && found.value !== '') doc ??= unquoted(found.value);
        (depth === 0 ? symbols : parent!.symbol.children).push(symbol);
        open.push({ symbol, indent, opens: opens.test(found.value) });
      }
      comments = [];
    }
  }
  for (const symbol of symbols) if (symbol.children.length > childLimit) symbol.children = [];
  return {
    languageId: 'yaml',
    lineCount: countLines(text),
    ...(doc ? { doc } : {}),
    imports: [],
    symbols: symbols.slice(0, symbolLimit),
  };
}

function within({ indent: own }: Open, indent: number, content: string): boolean {
  return indent > own || (indent === own && goesOn.test(content));
}

function keyIn(content: string): { name: string; value: string } | undefined {
  if (content.length > lineLimit) return undefined;
  const quoted = quotedKey.exec(content);
  if (quoted) return { name: unquoted(quoted[1]!), value: content.slice(quoted[0].length).trim() };
  const end = noPlainKey.test(content) ? -1 : content.search(/:(?:\s|$)/);
  const name = content.slice(0, Math.max(0, end)).trimEnd();
  if (name === '' || name.includes(' #')) return undefined;
  return { name, value: content.slice(end + 1).trim() };
}

function unquoted(scalar: string): string {
  return /^(["']).*\1$/.test(scalar) ? scalar.slice(1, -1) : scalar;
}

function symbolOf(
  { name, value }: { name: string; value: string },
  line: number,
  above: readonly string[],
): OutlineSymbol {
  const doc = commentProse(above);
  return {
    name,
    kind: 'property',
    range: { startLine: line - above.length, endLine: line },
    nameLine: line,
    signature: clip(oneLine(`${name}: ${opens.test(value) ? '…' : value}`), 120),
    exported: true,
    ...(doc ? { doc } : {}),
    children: [],
  };
}
