/**
 * What the current file imports, as source text: the declarations of the imported names without their bodies, file by
 * file. The same imports of the same files give the same text, so that states can be kept along it.
 */
import type { OutlineSymbol } from '../protocol/outline';
import type { Definition } from './definitions';

/** A file's part of the digest. */
export interface DigestFile {
  /** Relative to the workspace folder. */
  path: string;
  text: string;
}

/** Types and values of up to this many lines are quoted as they stand; functions and classes of up to so many. */
const WHOLE_LINES = 10;
const WHOLE_CODE_LINES = 2;
const MAX_MEMBERS = 24;
const MAX_DOC = 120;

const TYPES = new Set<OutlineSymbol['kind']>(['class', 'interface', 'enum', 'namespace']);
const CALLABLE = new Set<OutlineSymbol['kind']>(['function', 'method', 'constructor']);

/**
 * Every definition gets its one line first, then, in the order of the imports, as much as the budget allows. Files stand
 * in the order in which they are imported.
 * @param sizeOf size of a text in the budget's unit, e.g. tokens
 */
export function digestOf(
  definitions: readonly Definition[],
  budget: number,
  sizeOf: (text: string) => number,
): DigestFile[] {
  const chosen = new Map<Definition, string>();
  const headers = new Set<string>();
  let left = budget;
  for (const definition of definitions) {
    const brief = briefly(definition);
    const header = headers.has(definition.path) ? 0 : sizeOf(definition.path) + 3;
    const size = sizeOf(`${brief}\n`) + header;
    if (size > left) continue;
    left -= size;
    headers.add(definition.path);
    chosen.set(definition, brief);
  }
  for (const [definition, brief] of chosen) {
    if (definition.ofModule) continue;
    const full = fully(definition);
    const more = sizeOf(`${full}\n`) - sizeOf(`${brief}\n`);
    if (more > left) continue;
    left -= more;
    chosen.set(definition, full);
  }
  return byFile(chosen);
}

function byFile(chosen: ReadonlyMap<Definition, string>): DigestFile[] {
  const files = new Map<string, { symbol: OutlineSymbol; text: string }[]>();
  for (const [{ path, symbol }, text] of chosen) {
    const parts = files.get(path) ?? [];
    files.set(path, [...parts, { symbol, text }]);
  }
  return [...files].map(([path, parts]) => ({
    path,
    text: `${parts
      .sort((a, b) => a.symbol.range.startLine - b.symbol.range.startLine)
      .map(({ text }) => text)
      .join('\n\n')}\n`,
  }));
}

function briefly({ symbol, languageId }: Definition): string {
  return declaration(symbol, languageId, '');
}

/** Short types as they stand; classes with their members; functions with what their documentation says first. */
function fully({ symbol, languageId, lines }: Definition): string {
  const { nameLine, range } = symbol;
  const holdsCode = CALLABLE.has(symbol.kind) || symbol.kind === 'class';
  if (range.endLine - nameLine < (holdsCode ? WHOLE_CODE_LINES : WHOLE_LINES))
    return lines
      .slice(nameLine, range.endLine + 1)
      .join('\n')
      .trimEnd();
  if (!TYPES.has(symbol.kind)) return withDoc(symbol, languageId, '', declaration(symbol, languageId, ''));
  const members = symbol.children.filter(isPublic).slice(0, MAX_MEMBERS);
  const unit = indentationOf(symbol, lines);
  const inside = members.map((member) => `${unit}${declaration(member, languageId, unit)}`).join('\n');
  if (languageId === 'python') {
    const head = withDoc(symbol, languageId, '', `${symbol.signature}:`);
    return inside === '' ? `${head}\n${unit}...` : `${head}\n${inside}`;
  }
  return withDoc(
    symbol,
    languageId,
    '',
    inside === '' ? `${symbol.signature} {}` : `${symbol.signature} {\n${inside}\n}`,
  );
}

function isPublic({ name, kind, signature }: OutlineSymbol): boolean {
  if (kind === 'section') return false;
  return name === '__init__' || (!/^[_#]/.test(name) && !/^(private|protected)\b/.test(signature));
}

function indentationOf(symbol: OutlineSymbol, lines: readonly string[]): string {
  const first = symbol.children[0];
  return (first && /^[ \t]+/.exec(lines[first.nameLine] ?? '')?.[0]) || '    ';
}

/** One line that declares and does nothing. */
function declaration(symbol: OutlineSymbol, languageId: string, indentation: string): string {
  const { kind } = symbol;
  const signature = symbol.signature.replace(/\s*=?\s*…$/, '');
  if (languageId === 'python') {
    const heads = CALLABLE.has(kind) || kind === 'class' || /^(async )?def\b/.test(signature);
    return heads ? `${signature}: ...` : signature;
  }
  if (kind === 'class' || kind === 'namespace' || kind === 'enum' || kind === 'interface')
    return indentation === '' ? `${signature} {}` : signature;
  if (kind === 'function' && /^(export )?(const|let|var)\b/.test(signature)) return `${signature} => {};`;
  return /[;,]$/.test(signature) ? signature : `${signature};`;
}

function withDoc({ doc }: OutlineSymbol, languageId: string, indentation: string, text: string): string {
  const sentence = doc && firstSentence(doc);
  if (!sentence) return text;
  if (languageId !== 'python') return `${indentation}/** ${sentence} */\n${text}`;
  const [head, ...rest] = text.split('\n');
  const body = rest.length > 0 ? rest : [];
  return [head!.replace(/: \.\.\.$/, ':'), `${indentation}    """${sentence}"""`, ...body].join('\n');
}

function firstSentence(doc: string): string | undefined {
  const paragraph = doc
    .split(/\n\s*\n/)[0]!
    .replace(/\s+/g, ' ')
    .trim();
  const sentence = /^.*?[.!?](?=\s|$)/.exec(paragraph)?.[0] ?? paragraph;
  return sentence === '' || sentence.length > MAX_DOC || /\*\/|"""/.test(sentence) ? undefined : sentence;
}
