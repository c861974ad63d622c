import type { Node } from 'web-tree-sitter';
import type { FileOutline, ImportReference, OutlineSymbol } from '../protocol/outline';
import { commentProse, isBlockComment, isFileComment, withoutLicence } from './comments';
import { parse } from './grammars';
import { outlineByIndentation } from './indentation';
import { outlineJson } from './json';
import { rulesOf } from './languages/registry';
import { clip, countLines, normalizeText } from './lines';
import { outlineMarkdown } from './markdown';
import { outlineNotebook } from './notebook';
import { childrenOf, type Declaration, type LanguageRules, type Scope } from './rules';
import { signatureOf } from './signature';
import { outlineYaml } from './yaml';

/** A file's outline and how far it can be trusted. */
export interface Outline extends FileOutline {
  /** Made from indentation alone: no grammar knows the language, or the file was too large for it. */
  approximate: boolean;
}

/** In UTF-16 units. Larger files are outlined by indentation. */
const parseLimit = 5_000_000;
/** Nested scopes that are walked: broken or generated code nests without end. */
const depthLimit = 64;
const docLimit = 4000;

/**
 * Symbols, imports and leading documentation of a file. Takes any text (broken code, any line ends, binary rubbish)
 * and throws only when `openGrammars` was not called.
 */
export async function outlineOf(text: string, languageId: string): Promise<Outline> {
  const source = normalizeText(text);
  if (languageId === 'markdown') return { ...outlineMarkdown(source), approximate: false };
  if (languageId === 'json' || languageId === 'jsonc')
    return { ...outlineJson(source, languageId), approximate: false };
  if (languageId === 'yaml') return { ...outlineYaml(source), approximate: false };
  if (languageId === 'ipynb') return { ...(await outlineNotebook(source, outlineOf)), approximate: false };
  const rules = rulesOf(languageId);
  const tree = rules && source.length <= parseLimit ? await parse(source, languageId) : undefined;
  if (!rules || !tree) return { ...outlineByIndentation(source, languageId), approximate: true };
  try {
    return { ...new Walk(source, rules).outline(tree.rootNode, languageId), approximate: false };
  } finally {
    tree.delete();
  }
}

/** One pass over one syntax tree. */
class Walk {
  private readonly imports: ImportReference[] = [];

  constructor(
    private readonly text: string,
    private readonly rules: LanguageRules,
  ) {}

  outline(root: Node, languageId: string): FileOutline {
    const scope: Scope = { level: 'file', exported: true, exportedNames: this.rules.exportedNames?.(root) };
    const children = childrenOf(root);
    const { doc, consumed } = this.fileDoc(root, children, scope);
    const symbols = this.collect(children.slice(consumed), scope, 0);
    return { languageId, lineCount: countLines(this.text), doc, imports: this.imports, symbols };
  }

  private collect(
    nodes: readonly Node[],
    scope: Scope,
    depth: number,
    above: readonly Node[] = [],
  ): OutlineSymbol[] {
    if (depth > depthLimit) return [];
    const symbols: OutlineSymbol[] = [];
    let leading: Node[] = [...above];
    let lastRow = -1;
    for (const [index, node] of nodes.entries()) {
      if (this.rules.prefixes.has(node.type)) leading.push(node);
      else if (this.rules.comments.has(node.type)) {
        const endsLine = nodes[index + 1]?.startPosition.row !== lastRow;
        if (node.startPosition.row === lastRow && endsLine) documentBehind(symbols.at(-1), node);
        leading.push(node);
      } else {
        const meaning = this.rules.interpret(node, scope);
        if (meaning?.imports) this.imports.push(...meaning.imports);
        // A comment at the end of another statement's line speaks of that statement.
        const own = leading.filter(
          (part) => part.startPosition.row !== lastRow || lastRowOf(part) === node.startPosition.row,
        );
        for (const [position, declaration] of (meaning?.declare ?? []).entries()) {
          symbols.push(this.symbol(declaration, position === 0 ? own : [], scope, depth));
        }
        for (const entered of meaning?.enter ?? [])
          symbols.push(...this.collect(childrenOf(entered), scope, depth + 1));
        leading = [];
        lastRow = lastRowOf(node);
      }
    }
    return symbols;
  }

  private symbol(
    declaration: Declaration,
    leading: readonly Node[],
    scope: Scope,
    depth: number,
  ): OutlineSymbol {
    const { node, name, kind, exported, inside, nameNode } = declaration;
    const attached = attachedTo(node, leading);
    const comments = attached.filter((part) => this.rules.comments.has(part.type)).map((part) => part.text);
    const doc = declaration.doc ?? commentProse(comments);
    const nested: Scope = {
      level: declaration.level ?? 'type',
      exported: exported && declaration.level !== 'function',
      owner: kind,
      ownerName: name,
      exportedNames: scope.exportedNames,
    };
    return {
      name,
      kind,
      range: { startLine: (attached[0] ?? node).startPosition.row, endLine: lastRowOf(node) },
      nameLine: (nameNode ?? node).startPosition.row,
      signature: signatureOf(declaration, this.text, this.rules),
      exported,
      ...(doc ? { doc: clip(doc, docLimit) } : {}),
      children: inside
        ? this.collect(childrenOf(inside), nested, depth + 1, this.commentsBefore(inside))
        : [],
    };
  }

  /** Comments that the grammar puts before a body instead of into it (Python's, before the first statement). */
  private commentsBefore(body: Node): Node[] {
    const found: Node[] = [];
    let before = body.previousNamedSibling;
    while (before && this.rules.comments.has(before.type)) {
      found.unshift(before);
      before = before.previousNamedSibling;
    }
    return found;
  }

  /** The file's own documentation, and how many leading nodes it took. */
  private fileDoc(root: Node, children: readonly Node[], scope: Scope): { doc?: string; consumed: number } {
    const own = this.rules.fileDoc?.(root);
    if (own) return { doc: clip(own, docLimit), consumed: 0 };
    let end = 0;
    const groups: Node[][] = [];
    for (; end < children.length; end++) {
      const node = children[end] as Node;
      if (this.rules.comments.has(node.type)) addToGroups(groups, node);
      else if (!this.rules.isPreamble?.(node)) break;
    }
    const first = children[end];
    const last = groups.at(-1);
    const meaning = first && this.rules.interpret(first, scope);
    const touches = first && last && lastRowOf(last.at(-1) as Node) + 1 >= first.startPosition.row;
    const documentsFirst =
      touches &&
      (meaning?.declare?.length || this.rules.prefixes.has(first.type)) &&
      !last.some((node) => isFileComment(node.text));
    if (documentsFirst) groups.pop();
    for (const group of groups) {
      const texts = group.map((node) => node.text);
      const prose = commentProse(texts);
      const doc = prose && withoutLicence(prose);
      // `// Third-party` above the imports is a label, not documentation.
      const label =
        touches &&
        group === last &&
        !isBlockComment(texts[0] ?? '') &&
        texts.length === 1 &&
        !/[.!?]$/.test(prose ?? '');
      if (doc && !label)
        return { doc: clip(doc, docLimit), consumed: documentsFirst ? end - last.length : end };
    }
    return { consumed: documentsFirst ? end - last.length : end };
  }
}

/** A value without documentation above it takes the comment at the end of its line. */
function documentBehind(symbol: OutlineSymbol | undefined, comment: Node): void {
  const isValue = symbol?.kind === 'property' || symbol?.kind === 'constant' || symbol?.kind === 'variable';
  if (!symbol || !isValue || symbol.doc !== undefined || symbol.range.endLine !== comment.startPosition.row)
    return;
  const doc = commentProse([comment.text]);
  if (doc) symbol.doc = doc;
}

/** The trailing run of `leading` that touches `node` without an empty line between. */
function attachedTo(node: Node, leading: readonly Node[]): Node[] {
  let row = node.startPosition.row;
  let from = leading.length;
  while (from > 0 && lastRowOf(leading[from - 1] as Node) + 1 >= row)
    row = (leading[--from] as Node).startPosition.row;
  return leading.slice(from);
}

/** Line comments that follow each other are one comment; each block comment is its own. */
function addToGroups(groups: Node[][], node: Node): void {
  const previous = groups.at(-1)?.at(-1);
  const joins =
    previous &&
    !isBlockComment(previous.text) &&
    !isBlockComment(node.text) &&
    lastRowOf(previous) + 1 >= node.startPosition.row;
  if (joins) groups.at(-1)?.push(node);
  else groups.push([node]);
}

/** Some nodes end at the start of the next line. */
function lastRowOf(node: Node): number {
  const { row, column } = node.endPosition;
  return column === 0 && row > node.startPosition.row ? row - 1 : row;
}
