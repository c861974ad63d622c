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
  type Scope,
} from '../rules';
import { declarationOf } from './declaration';

/** C and C++, read with C++'s grammar. */
export const cppRules: LanguageRules = {
  comments: new Set(['comment']),
  prefixes: new Set(['attribute_declaration']),
  isPreamble: (node) => node.type === 'preproc_call',
  interpret: (node, scope) => statement(node, node, scope),
};

const typeKinds: Record<string, SymbolKind> = {
  class_specifier: 'class',
  struct_specifier: 'class',
  union_specifier: 'class',
  enum_specifier: 'enum',
};

/** `outer` is `node` with the `template <…>` before it. */
function statement(node: Node, outer: Node, scope: Scope): Meaning | undefined {
  switch (node.type) {
    case 'preproc_include': {
      const path = field(node, 'path');
      return path
        ? {
            imports: [
              {
                source: unquote(path.text).replace(/^<(.*)>$/, '$1'),
                names: [],
                line: node.startPosition.row,
              },
            ],
          }
        : undefined;
    }
    case 'preproc_ifdef':
    case 'preproc_if':
    case 'preproc_else':
    case 'preproc_elif':
    case 'declaration_list':
    case 'access_specifier_list':
      return { enter: [node] };
    case 'linkage_specification': {
      const body = field(node, 'body');
      return body?.type === 'declaration_list'
        ? { enter: [body] }
        : body
          ? statement(body, node, scope)
          : undefined;
    }
    case 'preproc_def':
    case 'preproc_function_def':
      return macro(node);
    case 'namespace_definition':
      return {
        declare: [
          declarationOf(
            node,
            'namespace',
            field(node, 'name') !== null,
            field(node, 'name') ? {} : { name: '(anonymous)' },
          ),
        ],
      };
    case 'template_declaration': {
      const inner = childrenOf(node).at(-1);
      return inner && statement(inner, node, scope);
    }
    case 'class_specifier':
    case 'struct_specifier':
    case 'union_specifier':
    case 'enum_specifier':
      return field(node, 'body') ? { declare: [typeOf(node, outer, scope)] } : undefined;
    case 'type_definition':
    case 'alias_declaration':
      return { declare: [typedef(node, outer, scope)] };
    case 'function_definition':
      return { declare: [functionOf(node, outer, scope)] };
    case 'declaration':
    case 'field_declaration':
      return declaration(node, outer, scope);
    case 'enumerator':
      return { declare: [declarationOf(node, 'constant', scope.exported)] };
  }
  return undefined;
}

function macro(node: Node): Meaning | undefined {
  const isGuard = field(node, 'value') === null && node.type === 'preproc_def';
  if (isGuard) return undefined;
  const kind = node.type === 'preproc_def' ? 'constant' : 'function';
  const value = field(node, 'value');
  const signature =
    node.text.length <= 120
      ? node.text.replace(/\\\n/g, ' ')
      : node.text.slice(0, (value?.startIndex ?? node.endIndex) - node.startIndex);
  return { declare: [declarationOf(node, kind, true, { signature })] };
}

function typeOf(node: Node, outer: Node, scope: Scope): Declaration {
  return declarationOf(node, typeKinds[node.type] ?? 'class', isExported(outer, scope), { node: outer });
}

function typedef(node: Node, outer: Node, scope: Scope): Declaration {
  const nameNode = field(node, 'name') ?? field(node, 'declarator') ?? node;
  const inner = field(node, 'type');
  const body = inner && Object.hasOwn(typeKinds, inner.type) ? field(inner, 'body') : null;
  const kind = body && inner ? (typeKinds[inner.type] ?? 'type') : 'type';
  const name = innermost(nameNode);
  const signature = body
    ? `${node.text.slice(0, body.startIndex - node.startIndex)} ${nameNode.text}`
    : undefined;
  return declarationOf(node, kind, isExported(node, scope), {
    name: name.text,
    nameNode: name,
    node: outer,
    body: null,
    value: null,
    inside: body,
    level: 'type',
    ...(signature ? { signature } : {}),
  });
}

function functionOf(node: Node, outer: Node, scope: Scope): Declaration {
  const declarator = field(node, 'declarator');
  const nameNode = declarator ? innermost(declarator) : node;
  const type = field(node, 'type');
  // `class EXPORT Name : Base { … }` looks like a function to a parser that does not expand the macro.
  if (type && Object.hasOwn(typeKinds, type.type)) {
    const name = /[A-Za-z_]\w*/.exec(declarator?.text ?? '')?.[0] ?? nameNode.text;
    return declarationOf(node, 'class', isExported(outer, scope), {
      name,
      nameNode,
      node: outer,
      inside: null,
    });
  }
  const name = nameNode.text;
  const kind = functionKind(name, scope);
  return declarationOf(node, kind, isExported(node, scope), {
    name,
    nameNode,
    node: outer,
    body: field(node, 'body') ?? childOfType(node, 'field_initializer_list'),
  });
}

function functionKind(name: string, scope: Scope): SymbolKind {
  const owner = /(?:^|::)(\w+)(?:<.*>)?::(~?[\w]+)$/.exec(name);
  if (owner) return owner[1] === owner[2] ? 'constructor' : 'method';
  if (scope.level !== 'type') return 'function';
  return name === scope.ownerName ? 'constructor' : 'method';
}

/** Prototypes, variables, fields, and types declared together with their variables. */
function declaration(node: Node, outer: Node, scope: Scope): Meaning {
  const type = field(node, 'type');
  const declare: Declaration[] = [];
  if (type && Object.hasOwn(typeKinds, type.type) && field(type, 'body'))
    declare.push(typeOf(type, outer, scope));
  for (const declarator of node.childrenForFieldName('declarator')) {
    if (!declarator || declarator.type === ',') continue;
    const nameNode = innermost(declarator);
    const isFunction = hasFunction(declarator);
    const isConstant = childrenOf(node).some(
      (child) => child.type === 'type_qualifier' && /^const(?:expr|init)?$/.test(child.text),
    );
    const variable = isConstant ? 'constant' : scope.level === 'type' ? 'property' : 'variable';
    const kind = isFunction ? functionKind(nameNode.text, scope) : variable;
    const value = declarator.type === 'init_declarator' ? field(declarator, 'value') : null;
    declare.push(
      declarationOf(node, kind, isExported(node, scope), {
        name: nameNode.text,
        nameNode,
        node: outer,
        value,
      }),
    );
  }
  return { declare };
}

/** The name inside pointers, arrays, references, initialisers and parameter lists. */
function innermost(declarator: Node): Node {
  let node = declarator;
  for (let depth = 0; depth < 12; depth++) {
    const inner =
      field(node, 'declarator') ??
      (/^(?:reference|parenthesized)_declarator$/.test(node.type) ? node.namedChild(0) : null);
    if (!inner) break;
    node = inner;
  }
  return node;
}

function hasFunction(declarator: Node): boolean {
  let node: Node | null = declarator;
  for (let depth = 0; node && depth < 12; depth++) {
    // A pointer to a function is a variable.
    if (node.type === 'function_declarator')
      return field(node, 'declarator')?.type !== 'parenthesized_declarator';
    node = node.type === 'reference_declarator' ? node.namedChild(0) : field(node, 'declarator');
  }
  return false;
}

function isExported(node: Node, scope: Scope): boolean {
  if (!scope.exported) return false;
  if (scope.level === 'type') return access(node, scope) !== 'private';
  return !childrenOf(node).some(
    (child) => child.type === 'storage_class_specifier' && child.text === 'static',
  );
}

/** The access label above a member; a class starts private, a struct public (told apart by its parent). */
function access(node: Node, scope: Scope): string {
  if (scope.owner === 'enum') return 'public';
  const member = node.parent?.type === 'template_declaration' ? node.parent : node;
  for (let before = member.previousNamedSibling; before; before = before.previousNamedSibling) {
    if (before.type === 'access_specifier') return before.text.replace(/\W/g, '');
  }
  return member.parent?.parent?.type === 'class_specifier' ? 'private' : 'public';
}
