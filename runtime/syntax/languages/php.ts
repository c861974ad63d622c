import type { Node } from 'web-tree-sitter';
import type { ImportReference, SymbolKind } from '../../protocol/outline';
import {
  childOfType,
  childrenOf,
  field,
  unquote,
  type LanguageRules,
  type Meaning,
  type Scope,
} from '../rules';
import { declarationOf, kindIn } from './declaration';

const kinds: Record<string, SymbolKind> = {
  class_declaration: 'class',
  trait_declaration: 'class',
  interface_declaration: 'interface',
  enum_declaration: 'enum',
  enum_case: 'constant',
  function_definition: 'function',
  method_declaration: 'method',
};

export const phpRules: LanguageRules = {
  comments: new Set(['comment']),
  prefixes: new Set(['attribute_list']),
  isPreamble: (node) =>
    /^(?:php_tag|text|text_interpolation|declare_statement|namespace_definition)$/.test(node.type) &&
    field(node, 'body') === null,
  interpret(node, scope) {
    const kind = kindIn(kinds, node.type);
    if (kind) {
      const name = field(node, 'name')?.text;
      return {
        declare: [
          declarationOf(node, name === '__construct' ? 'constructor' : kind, isExported(node, scope)),
        ],
      };
    }
    switch (node.type) {
      case 'namespace_definition': {
        const body = field(node, 'body');
        return body ? { enter: [body] } : undefined;
      }
      case 'namespace_use_declaration':
        return { imports: uses(node) };
      case 'const_declaration':
        return constants(node, scope);
      case 'property_declaration':
        return properties(node, scope);
      case 'expression_statement':
        return included(node);
      case 'if_statement':
      case 'compound_statement':
        return { enter: [node] };
    }
    return undefined;
  },
};

function isExported(node: Node, scope: Scope): boolean {
  return scope.exported && childOfType(node, 'visibility_modifier')?.text !== 'private';
}

function constants(node: Node, scope: Scope): Meaning {
  const elements = childrenOf(node).filter((child) => child.type === 'const_element');
  return {
    declare: elements.map((each) =>
      declarationOf(node, 'constant', isExported(node, scope), {
        name: each.namedChild(0)?.text ?? '',
        nameNode: each,
      }),
    ),
  };
}

function properties(node: Node, scope: Scope): Meaning {
  const elements = childrenOf(node).filter((child) => child.type === 'property_element');
  return {
    declare: elements.map((each) =>
      declarationOf(each, 'property', isExported(node, scope), { node, value: null }),
    ),
  };
}

function uses(node: Node): ImportReference[] {
  const group = childOfType(node, 'namespace_use_group');
  const line = node.startPosition.row;
  const clauses = childrenOf(group ?? node).filter((child) => child.type === 'namespace_use_clause');
  const paths = clauses.map((clause) => clause.namedChild(0)?.text ?? '');
  const prefix = group ? childOfType(node, 'namespace_name')?.text : undefined;
  if (prefix !== undefined) return [{ source: prefix, names: paths, line }];
  return paths.map((path) => {
    const cut = path.lastIndexOf('\\');
    return cut <= 0
      ? { source: path, names: [], line }
      : { source: path.slice(0, cut), names: [path.slice(cut + 1)], line };
  });
}

/** `require 'x.php'` and its relatives, with a path that is written out. */
function included(node: Node): Meaning | undefined {
  const inner = childrenOf(node)[0];
  if (!inner || !/^(?:require|include)(?:_once)?_expression$/.test(inner.type)) return undefined;
  const path = inner.descendantsOfType(['string', 'encapsed_string'])[0];
  return path
    ? { imports: [{ source: unquote(path.text), names: [], line: node.startPosition.row }] }
    : undefined;
}
