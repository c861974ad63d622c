import type { Node } from 'web-tree-sitter';
import type { ImportReference, SymbolKind } from '../../protocol/outline';
import { childOfType, childrenOf, field, type LanguageRules, type Scope } from '../rules';
import { declarationOf, kindIn } from './declaration';

const kinds: Record<string, SymbolKind> = {
  function_item: 'function',
  function_signature_item: 'function',
  struct_item: 'class',
  union_item: 'class',
  enum_item: 'enum',
  trait_item: 'interface',
  impl_item: 'class',
  mod_item: 'module',
  const_item: 'constant',
  static_item: 'variable',
  type_item: 'type',
  associated_type: 'type',
  macro_definition: 'function',
  field_declaration: 'property',
  enum_variant: 'constant',
};

export const rustRules: LanguageRules = {
  comments: new Set(['line_comment', 'block_comment']),
  prefixes: new Set(['attribute_item']),
  isPreamble: (node) => node.type === 'inner_attribute_item',
  interpret(node, scope) {
    if (node.type === 'use_declaration') return { imports: importsOf(node) };
    if (node.type === 'foreign_mod_item') return { enter: childrenOf(node).slice(-1) };
    const kind = kindIn(kinds, node.type);
    if (!kind) return undefined;
    const asMethod = kind === 'function' && scope.level === 'type' ? 'method' : kind;
    const differs =
      node.type === 'impl_item'
        ? { ...implName(node) }
        : node.type === 'macro_definition'
          ? { signature: `macro_rules! ${field(node, 'name')?.text ?? ''}` }
          : {};
    return { declare: [declarationOf(node, asMethod, isExported(node, scope), differs)] };
  },
};

/** Members of traits and of their implementations are as public as the trait; all else says `pub`. */
function isExported(node: Node, scope: Scope): boolean {
  if (childOfType(node, 'visibility_modifier')) return true;
  if (node.type === 'impl_item') return true;
  return (
    scope.exported &&
    scope.level === 'type' &&
    (scope.owner !== 'class' || (scope.ownerName?.includes(' for ') ?? false))
  );
}

function implName(node: Node): { name: string; nameNode: Node } {
  const type = field(node, 'type') ?? node;
  const trait = field(node, 'trait');
  return { name: trait ? `${trait.text} for ${type.text}` : type.text, nameNode: type };
}

/** `use a::{b, c as d}` names b and c of a; deeper groups become imports of their own. */
function importsOf(node: Node): ImportReference[] {
  const argument = field(node, 'argument');
  return argument ? uses(argument, '', node.startPosition.row) : [];
}

function uses(node: Node, prefix: string, line: number): ImportReference[] {
  const join = (path: string) => (prefix && path ? `${prefix}::${path}` : prefix || path);
  if (node.type === 'scoped_use_list') {
    const list = field(node, 'list');
    return list ? uses(list, join(field(node, 'path')?.text ?? ''), line) : [];
  }
  if (node.type === 'use_list') {
    const plain = childrenOf(node).filter((child) => !/use_list$/.test(child.type));
    const nested = childrenOf(node).filter((child) => /use_list$/.test(child.type));
    const names = plain.map(
      (child) =>
        (field(child, 'path') && child.type === 'use_as_clause' ? field(child, 'path')?.text : child.text) ??
        '',
    );
    return [
      ...(names.length > 0 ? [{ source: prefix, names, line }] : []),
      ...nested.flatMap((child) => uses(child, prefix, line)),
    ];
  }
  const path = node.type === 'use_as_clause' ? (field(node, 'path')?.text ?? '') : node.text;
  const full = join(path);
  const cut = full.lastIndexOf('::');
  return cut < 0
    ? [{ source: full, names: [], line }]
    : [{ source: full.slice(0, cut), names: [full.slice(cut + 2)], line }];
}
