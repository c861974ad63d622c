import type { Node } from 'web-tree-sitter';
import type { SymbolKind } from '../../protocol/outline';
import { childrenOf, field, unquote, type Declaration, type Meaning, type Scope } from '../rules';
import { isFunction, worthEntering } from './javascript-nodes';

/** Members of classes, interfaces, enums and object literals. */
export function memberOf(node: Node, scope: Scope): Meaning | undefined {
  switch (node.type) {
    case 'method_definition':
    case 'method_signature':
    case 'abstract_method_signature':
      return { declare: [method(node, scope.exported)] };
    case 'public_field_definition':
    case 'field_definition':
    case 'property_signature':
      return { declare: [property(node, scope.exported)] };
    case 'enum_assignment':
      return { declare: [enumMember(node, field(node, 'name'), field(node, 'value'), scope)] };
    case 'property_identifier':
    case 'string':
      return scope.owner === 'enum' ? { declare: [enumMember(node, node, null, scope)] } : undefined;
    case 'pair': {
      const member = pairMember(node, scope.exported);
      return member ? { declare: [member] } : undefined;
    }
  }
  return undefined;
}

/** Functions of an object literal; other values too where they are objects with functions of their own. */
export function membersOfObject(object: Node, exported: boolean): Declaration[] {
  return childrenOf(object).flatMap((child) => {
    if (child.type === 'method_definition') return [method(child, exported)];
    const member = child.type === 'pair' ? pairMember(child, exported) : undefined;
    return member ? [member] : [];
  });
}

function method(node: Node, exported: boolean): Declaration {
  const nameNode = field(node, 'name');
  const name = nameNode ? unquote(nameNode.text) : '';
  const before = nameNode ? node.text.slice(0, nameNode.startIndex - node.startIndex) : '';
  const kind: SymbolKind =
    name === 'constructor' ? 'constructor' : /\b[gs]et\s+$/.test(before) ? 'property' : 'method';
  const body = field(node, 'body');
  return {
    name,
    kind,
    exported: exported && isPublic(node, name),
    node,
    nameNode: nameNode ?? node,
    body,
    inside: worthEntering(body),
    level: 'function',
  };
}

function property(node: Node, exported: boolean): Declaration {
  const nameNode = field(node, 'name') ?? field(node, 'property');
  const name = nameNode ? unquote(nameNode.text) : '';
  const value = field(node, 'value');
  const base = { name, exported: exported && isPublic(node, name), node, nameNode: nameNode ?? node };
  if (!value || !isFunction(value)) return { ...base, kind: 'property', value };
  const body = field(value, 'body');
  return { ...base, kind: 'method', body, inside: worthEntering(body), level: 'function' };
}

function enumMember(node: Node, nameNode: Node | null, value: Node | null, scope: Scope): Declaration {
  return {
    name: unquote((nameNode ?? node).text),
    kind: 'constant',
    exported: scope.exported,
    node,
    nameNode: nameNode ?? node,
    value,
  };
}

function pairMember(node: Node, exported: boolean): Declaration | undefined {
  const key = field(node, 'key');
  const value = field(node, 'value');
  if (!key || !value) return undefined;
  const base = { name: unquote(key.text), exported, node, nameNode: key };
  if (isFunction(value)) {
    const body = field(value, 'body');
    return { ...base, kind: 'method', body, inside: worthEntering(body), level: 'function' };
  }
  const hasFunctions =
    value.type === 'object' &&
    childrenOf(value).some(
      (child) =>
        child.type === 'method_definition' ||
        (child.type === 'pair' && isFunction(field(child, 'value') ?? child)),
    );
  return hasFunctions ? { ...base, kind: 'property', body: value, inside: value, level: 'type' } : undefined;
}

function isPublic(node: Node, name: string): boolean {
  if (name.startsWith('#')) return false;
  const first = childrenOf(node).find((child) => child.type === 'accessibility_modifier');
  return first === undefined || first.text === 'public';
}
