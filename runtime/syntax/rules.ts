import type { Node } from 'web-tree-sitter';
import type { ImportReference, SymbolKind } from '../protocol/outline';

/** Where a node stands: what counts as a symbol differs between a file, a type's body and a function's body. */
export interface Scope {
  level: 'file' | 'type' | 'function';
  /** What the scope's members start from: reachable from outside the file as far as the scope goes. */
  exported: boolean;
  /** Kind of the symbol whose body this is. */
  owner?: SymbolKind;
  ownerName?: string;
  /** Names that the file exports by a list (`export { a }`, `__all__`), where the language has such a thing. */
  exportedNames?: ReadonlySet<string>;
}

/** A symbol as a language's rules describe it, in terms of syntax nodes. */
export interface Declaration {
  name: string;
  kind: SymbolKind;
  exported: boolean;
  /** All of it, `export` and decorators included: gives the range and the start of the signature. */
  node: Node;
  nameNode?: Node;
  /** The signature ends before this node. */
  body?: Node | null;
  /** An initial value or a type's definition: part of the signature only while that stays short. */
  value?: Node | null;
  /** Replaces the signature's text. */
  signature?: string;
  /** Documentation that stands inside the symbol or after it; preferred to a comment above it. */
  doc?: string;
  /** Node whose children are the symbol's members, and their level. */
  inside?: Node | null;
  level?: Scope['level'];
}

/** What one node of a scope is. `enter`: nodes whose children belong to the same scope (an `if`, a block). */
export interface Meaning {
  declare?: Declaration[];
  imports?: ImportReference[];
  enter?: Node[];
}

/** Everything that differs between languages. */
export interface LanguageRules {
  interpret(node: Node, scope: Scope): Meaning | undefined;
  comments: ReadonlySet<string>;
  /** Siblings before a declaration that belong to it: decorators, attributes. */
  prefixes: ReadonlySet<string>;
  /** Nodes that the file's leading documentation may stand behind: shebang, directives, package clause. */
  isPreamble?(node: Node): boolean;
  /** The names that the file exports by a list; undefined when it has none. */
  exportedNames?(root: Node): ReadonlySet<string> | undefined;
  /** Documentation of the whole file that is no comment (Python's docstring). */
  fileDoc?(root: Node): string | undefined;
}

/** Named children, nulls left out. */
export function childrenOf(node: Node): Node[] {
  return node.namedChildren.filter((child): child is Node => child !== null);
}

export function field(node: Node, name: string): Node | null {
  return node.childForFieldName(name);
}

export function childOfType(node: Node, ...types: string[]): Node | undefined {
  return childrenOf(node).find((child) => types.includes(child.type));
}

export function rowsOf(node: Node): number {
  return node.endPosition.row - node.startPosition.row + 1;
}

/** Text of a string literal without its quotes. */
export function unquote(text: string): string {
  return text.replace(/^[^'"`]*(['"`])([\s\S]*)\1$/, '$2');
}
