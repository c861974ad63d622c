import type { Node } from 'web-tree-sitter';
import type { SymbolKind } from '../../protocol/outline';
import { childOfType, childrenOf, type LanguageRules, type Meaning, type Scope } from '../rules';
import { declarationOf, kindIn } from './declaration';

const kinds: Record<string, SymbolKind> = {
  namespace_declaration: 'namespace',
  class_declaration: 'class',
  struct_declaration: 'class',
  record_declaration: 'class',
  record_struct_declaration: 'class',
  interface_declaration: 'interface',
  enum_declaration: 'enum',
  enum_member_declaration: 'constant',
  delegate_declaration: 'type',
  method_declaration: 'method',
  local_function_statement: 'function',
  constructor_declaration: 'constructor',
  property_declaration: 'property',
  event_declaration: 'property',
};

export const csharpRules: LanguageRules = {
  comments: new Set(['comment']),
  prefixes: new Set(['attribute_list']),
  isPreamble: (node) => /^(?:preproc_|extern_alias)/.test(node.type),
  interpret(node, scope) {
    if (node.type === 'using_directive')
      return { imports: [{ source: usingName(node), names: [], line: node.startPosition.row }] };
    if (node.type === 'global_statement' || /^preproc_(?:if|else|elif|region)/.test(node.type))
      return { enter: [node] };
    if (node.type === 'field_declaration' || node.type === 'event_field_declaration')
      return fields(node, scope);
    const kind = kindIn(kinds, node.type);
    if (!kind) return undefined;
    const accessors = childOfType(node, 'accessor_list', 'arrow_expression_clause');
    return {
      declare: [declarationOf(node, kind, isExported(node, scope), accessors ? { body: accessors } : {})],
    };
  },
};

function isExported(node: Node, scope: Scope): boolean {
  if (
    node.type === 'namespace_declaration' ||
    node.type === 'enum_member_declaration' ||
    scope.owner === 'interface'
  )
    return scope.exported;
  return (
    scope.exported &&
    childrenOf(node).some((child) => child.type === 'modifier' && /^(?:public|protected)$/.test(child.text))
  );
}

function fields(node: Node, scope: Scope): Meaning {
  const isConstant = childrenOf(node).some((child) => child.type === 'modifier' && child.text === 'const');
  const list = childOfType(node, 'variable_declaration');
  const declarators = list ? childrenOf(list).filter((child) => child.type === 'variable_declarator') : [];
  return {
    declare: declarators.map((each) =>
      declarationOf(each, isConstant ? 'constant' : 'property', isExported(node, scope), {
        node,
        value: null,
      }),
    ),
  };
}

function usingName(node: Node): string {
  return childrenOf(node).findLast((child) => child.type !== 'comment')?.text ?? '';
}
