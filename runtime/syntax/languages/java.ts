import type { Node } from 'web-tree-sitter';
import type { SymbolKind } from '../../protocol/outline';
import { childOfType, childrenOf, field, type LanguageRules, type Meaning, type Scope } from '../rules';
import { declarationOf, kindIn } from './declaration';

const kinds: Record<string, SymbolKind> = {
  class_declaration: 'class',
  record_declaration: 'class',
  interface_declaration: 'interface',
  annotation_type_declaration: 'interface',
  enum_declaration: 'enum',
  enum_constant: 'constant',
  method_declaration: 'method',
  annotation_type_element_declaration: 'method',
  constructor_declaration: 'constructor',
  compact_constructor_declaration: 'constructor',
};

export const javaRules: LanguageRules = {
  comments: new Set(['line_comment', 'block_comment']),
  prefixes: new Set(['marker_annotation', 'annotation']),
  isPreamble: (node) => node.type === 'package_declaration',
  interpret(node, scope) {
    if (node.type === 'import_declaration') return { imports: [importOf(node)] };
    if (node.type === 'enum_body_declarations') return { enter: [node] };
    if (node.type === 'field_declaration' || node.type === 'constant_declaration') return fields(node, scope);
    const kind = kindIn(kinds, node.type);
    return kind && { declare: [declarationOf(node, kind, isExported(node, scope))] };
  },
};

function isExported(node: Node, scope: Scope): boolean {
  if (scope.owner === 'interface' || node.type === 'enum_constant') return scope.exported;
  const modifiers = childOfType(node, 'modifiers')?.text ?? '';
  return scope.exported && /\b(?:public|protected)\b/.test(modifiers);
}

function fields(node: Node, scope: Scope): Meaning {
  const modifiers = childOfType(node, 'modifiers')?.text ?? '';
  const isConstant =
    scope.owner === 'interface' || (/\bstatic\b/.test(modifiers) && /\bfinal\b/.test(modifiers));
  const declarators = childrenOf(node).filter((child) => child.type === 'variable_declarator');
  return {
    declare: declarators.map((each) =>
      declarationOf(each, isConstant ? 'constant' : 'property', isExported(node, scope), {
        node,
        value: declarators.length === 1 ? field(each, 'value') : null,
      }),
    ),
  };
}

/** `import a.b.C` names C of a.b; a star names '*'. */
function importOf(node: Node): { source: string; names: string[]; line: number } {
  const path = childOfType(node, 'scoped_identifier', 'identifier')?.text ?? '';
  const line = node.startPosition.row;
  if (childOfType(node, 'asterisk')) return { source: path, names: ['*'], line };
  const cut = path.lastIndexOf('.');
  return cut < 0
    ? { source: path, names: [], line }
    : { source: path.slice(0, cut), names: [path.slice(cut + 1)], line };
}
