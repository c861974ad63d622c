import type { Node } from 'web-tree-sitter';
import type { SymbolKind } from '../../protocol/outline';
import {
  childOfType,
  childrenOf,
  field,
  unquote,
  type Declaration,
  type LanguageRules,
  type Meaning,
} from '../rules';
import { declarationOf } from './declaration';

export const goRules: LanguageRules = {
  comments: new Set(['comment']),
  prefixes: new Set(),
  interpret(node) {
    switch (node.type) {
      case 'import_declaration':
        return {
          imports: node.descendantsOfType('import_spec').flatMap((spec) => (spec ? importOf(spec) : [])),
        };
      case 'function_declaration':
        return one(declared(node, 'function'));
      case 'method_declaration':
      case 'method_elem':
      case 'method_spec':
        return one(declared(node, 'method'));
      case 'const_declaration':
      case 'var_declaration':
      case 'type_declaration':
        return specs(node);
      case 'const_spec':
      case 'var_spec':
        return values(node, node);
      case 'type_spec':
      case 'type_alias':
        return one(type(node, node));
      case 'field_declaration':
        return fields(node);
    }
    return undefined;
  },
};

const one = (declaration: Declaration): Meaning => ({ declare: [declaration] });

function declared(node: Node, kind: SymbolKind, differs: Partial<Declaration> = {}): Declaration {
  const made = declarationOf(node, kind, false, differs);
  return { ...made, exported: /^\p{Lu}/u.test(made.name) };
}

/** `const X = 1` is its own symbol; in `const ( … )` each line is one, with its own comment. */
function specs(node: Node): Meaning | undefined {
  const list = childOfType(node, 'var_spec_list') ?? node;
  const inner = childrenOf(list).filter((child) => child.type !== 'comment');
  const only = inner.length === 1 && !/^\w+\s*\(/.test(node.text) ? inner[0] : undefined;
  if (!only) return { enter: [list] };
  return /^type_/.test(only.type) ? one(type(only, node)) : values(only, node);
}

function type(node: Node, outer: Node): Declaration {
  const definition = field(node, 'type');
  const nameNode = field(node, 'name');
  const common = { node: outer, nameNode };
  if (definition?.type === 'struct_type') {
    const body = childOfType(definition, 'field_declaration_list');
    return declared(node, 'class', { ...common, nameNode: nameNode ?? node, body, inside: body });
  }
  if (definition?.type === 'interface_type') {
    return declared(node, 'interface', {
      ...common,
      nameNode: nameNode ?? node,
      body: braceOf(definition),
      inside: definition,
    });
  }
  return declared(node, 'type', { ...common, nameNode: nameNode ?? node });
}

/** An interface's members are direct children: its signature ends before the brace. */
function braceOf(definition: Node): Node | null {
  return definition.children.find((child) => child?.type === '{') ?? null;
}

function values(node: Node, outer: Node): Meaning {
  const kind = node.type === 'const_spec' ? 'constant' : 'variable';
  const names = node
    .childrenForFieldName('name')
    .filter((name): name is Node => name !== null && name.type !== ',');
  return {
    declare: names.map((nameNode) =>
      declared(node, kind, { node: outer, nameNode, value: field(node, 'value') }),
    ),
  };
}

function fields(node: Node): Meaning {
  const names = node
    .childrenForFieldName('name')
    .filter((name): name is Node => name !== null && name.type !== ',');
  return { declare: names.map((nameNode) => declared(node, 'property', { nameNode })) };
}

function importOf(spec: Node): { source: string; names: string[]; line: number }[] {
  const path = field(spec, 'path');
  return path ? [{ source: unquote(path.text), names: [], line: spec.startPosition.row }] : [];
}
