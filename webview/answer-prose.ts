/**
 * The little Markdown that written answers use, as plain data: everything else, HTML included, stays the text that it is.
 * Offsets (UTF-16) are those of the whole text, so that remarks on it find their place.
 */
export interface Piece {
  kind: 'text' | 'code' | 'strong' | 'citation';
  /** Without its marks. */
  text: string;
  start: number;
  end: number;
  /** Of a citation. */
  numbers?: number[];
}

export type Block =
  | { kind: 'paragraph' | 'heading'; pieces: Piece[] }
  | { kind: 'item'; ordered: boolean; pieces: Piece[] }
  | { kind: 'code'; text: string };

export function answerBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  let code: string[] | undefined;
  let paragraph: Piece[] | undefined;
  let start = 0;
  for (const line of text.split('\n')) {
    const at = start;
    start += line.length + 1;
    if (/^\s*```/.test(line)) {
      if (code) blocks.push({ kind: 'code', text: code.join('\n') });
      code = code ? undefined : [];
      paragraph = undefined;
      continue;
    }
    if (code) {
      code.push(line);
      continue;
    }
    const [, mark = ''] = /^(\s*(?:[-*+] |\d{1,3}[.)] |#{1,6} )?\s*)/.exec(line) ?? [];
    const pieces = piecesOf(line.slice(mark.length), at + mark.length);
    if (pieces.length === 0) paragraph = undefined;
    else if (mark.trim() !== '') {
      blocks.push(
        mark.includes('#') ? { kind: 'heading', pieces } : { kind: 'item', ordered: /\d/.test(mark), pieces },
      );
      paragraph = undefined;
    } else if (paragraph) paragraph.push({ kind: 'text', text: ' ', start: at, end: at }, ...pieces);
    else blocks.push({ kind: 'paragraph', pieces: (paragraph = pieces) });
  }
  // While it is being written, the end of its last block is still to come.
  if (code) blocks.push({ kind: 'code', text: code.join('\n') });
  return blocks;
}

function piecesOf(line: string, offset: number): Piece[] {
  const pieces: Piece[] = [];
  let last = 0;
  const add = (kind: Piece['kind'], text: string, from: number, to: number, numbers?: number[]) => {
    if (text !== '')
      pieces.push({ kind, text, start: offset + from, end: offset + to, ...(numbers && { numbers }) });
  };
  const marked = /`([^`]+)`|\*\*([^*]+)\*\*|\[(\d{1,4}(?:\s*,\s*\d{1,4})*)\]/g;
  for (const match of line.matchAll(marked)) {
    const [whole, code, strong, citation] = match;
    const end = match.index + whole.length;
    add('text', line.slice(last, match.index), last, match.index);
    if (code !== undefined) add('code', code, match.index, end);
    else if (strong !== undefined) add('strong', strong, match.index, end);
    else add('citation', whole, match.index, end, citation!.split(',').map(Number));
    last = end;
  }
  add('text', line.slice(last), last, line.length);
  return pieces;
}
