import type { Node } from 'web-tree-sitter';
import type { ImportReference, SymbolKind } from '../../protocol/outline';
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
import { exportedNames, importsOf, reexportsOf, requiresOf } from './javascript-modules';
import { memberOf, membersOfObject } from './javascript-members';
import { isFunction, worthEntering } from './javascript-nodes';

/** TypeScript and JavaScript, JSX included. */
export const javascriptRules: LanguageRules = {
  comments: new Set(['comment', 'html_comment']),
  prefixes: new Set(['decorator']),
  isPreamble: (node) => node.type === 'hash_bang_line' || isDirective(node),
  exportedNames,
  interpret(node, scope) {
    if (scope.level === 'type') return memberOf(node, scope);
    const meaning = statement(node, node, isExportedBy(scope));
    return scope.level === 'function' && meaning?.declare
      ? { ...meaning, declare: meaning.declare.filter(isLocalSymbol) }
      : meaning;
  },
};

type ExportTest = (name: string) => boolean;

/** A file without a list of exports exports what says `export`, which `statement` adds. */
function isExportedBy(scope: Scope): ExportTest {
  return (name) => scope.level === 'file' && (scope.exportedNames?.has(name) ?? false);
}

const declarationKinds: Record<string, SymbolKind> = {
  function_declaration: 'function',
  generator_function_declaration: 'function',
  function_signature: 'function',
  class_declaration: 'class',
  abstract_class_declaration: 'class',
  interface_declaration: 'interface',
  enum_declaration: 'enum',
  type_alias_declaration: 'type',
  module: 'namespace',
  internal_module: 'namespace',
};

const transparent = new Set([
  'statement_block',
  'if_statement',
  'else_clause',
  'try_statement',
  'catch_clause',
  'finally_clause',
  'for_statement',
  'for_in_statement',
  'while_statement',
  'do_statement',
  'switch_statement',
  'switch_body',
  'switch_case',
  'switch_default',
  'labeled_statement',
]);

/** `outer` is `node` with the `export` or `declare` around it. */
function statement(node: Node, outer: Node, isExported: ExportTest): Meaning | undefined {
  const type = node.type;
  const kind = Object.hasOwn(declarationKinds, type) ? declarationKinds[type] : undefined;
  if (kind) return { declare: [declared(node, outer, kind, isExported)] };
  switch (type) {
    case 'import_statement':
      return { imports: importsOf(node) };
    case 'export_statement':
      return exportStatement(node);
    case 'ambient_declaration':
      return ambient(node, outer, isExported);
    case 'lexical_declaration':
    case 'variable_declaration':
      return variables(node, outer, isExported);
    case 'expression_statement':
      return expression(node, isExported);
    case 'return_statement': {
      const value = childOfType(node, 'object');
      return value ? { declare: membersOfObject(value, false) } : undefined;
    }
  }
  return transparent.has(type) ? { enter: [node] } : undefined;
}

function declared(node: Node, outer: Node, kind: SymbolKind, isExported: ExportTest): Declaration {
  const nameNode = field(node, 'name');
  const name = nameNode ? unquote(nameNode.text) : 'default';
  const body = field(node, 'body');
  return {
    name,
    kind,
    exported: isExported(name),
    node: outer,
    nameNode: nameNode ?? node,
    body,
    value: kind === 'type' ? field(node, 'value') : undefined,
    inside: kind === 'function' ? worthEntering(body) : body,
    level: kind === 'namespace' ? 'file' : kind === 'function' ? 'function' : 'type',
  };
}

function exportStatement(node: Node): Meaning | undefined {
  if (field(node, 'source')) return { imports: reexportsOf(node) };
  const declaration = field(node, 'declaration');
  if (declaration) return statement(declaration, node, () => true);
  const value = field(node, 'value');
  if (value && value.type !== 'identifier') return { declare: [defaultExport(node, value)] };
  return undefined;
}

function defaultExport(node: Node, value: Node): Declaration {
  const kind: SymbolKind = isFunction(value) ? 'function' : value.type === 'class' ? 'class' : 'constant';
  return { ...valueDeclaration('default', node, value, kind), nameNode: value, exported: true };
}

function ambient(node: Node, outer: Node, isExported: ExportTest): Meaning | undefined {
  const block = childOfType(node, 'statement_block');
  if (block) return { enter: [block] };
  const inner = childrenOf(node).find((child) => child.type !== 'comment');
  return inner && statement(inner, outer, isExported);
}

function variables(node: Node, outer: Node, isExported: ExportTest): Meaning {
  const declare: Declaration[] = [];
  const imports: ImportReference[] = [];
  const declarators = childrenOf(node).filter((child) => child.type === 'variable_declarator');
  const isConstant = node.text.startsWith('const');
  for (const declarator of declarators) {
    const target = field(declarator, 'name');
    const value = field(declarator, 'value');
    const required = value && requiresOf(value, target);
    if (required) {
      imports.push(required);
      continue;
    }
    const whole = declarators.length === 1 ? outer : declarator;
    for (const nameNode of target ? boundNames(target) : []) {
      const made = valueDeclaration(
        nameNode.text,
        whole,
        nameNode === target ? value : null,
        isConstant ? 'constant' : 'variable',
      );
      const pattern =
        nameNode === target ? {} : { signature: `${isConstant ? 'const' : 'let'} ${target?.text ?? ''}` };
      declare.push({ ...made, ...pattern, nameNode, exported: isExported(nameNode.text) });
    }
  }
  return { declare, imports };
}

/** A name with a value: a function or class where the value is one. */
function valueDeclaration(name: string, node: Node, value: Node | null, kind: SymbolKind): Declaration {
  const base = { name, node, exported: false };
  if (value && isFunction(value)) {
    const body = field(value, 'body');
    return { ...base, kind: 'function', body, inside: worthEntering(body), level: 'function' };
  }
  if (value?.type === 'class') {
    const body = field(value, 'body');
    return { ...base, kind: 'class', body, inside: body, level: 'type' };
  }
  return { ...base, kind, value, inside: value && objectIn(value), level: 'type' };
}

/** Assignments to exports and prototypes, wrappers called at once, and the blocks of tests. */
function expression(node: Node, isExported: ExportTest): Meaning | undefined {
  const inner = childrenOf(node)[0];
  if (!inner) return undefined;
  if (inner.type === 'internal_module') return { declare: [declared(inner, node, 'namespace', isExported)] };
  if (inner.type === 'assignment_expression') return assignment(node, inner);
  const call =
    inner.type === 'await_expression' || inner.type === 'unary_expression'
      ? childOfType(inner, 'call_expression')
      : inner;
  return call?.type === 'call_expression' ? called(node, call) : undefined;
}

function assignment(node: Node, inner: Node): Meaning | undefined {
  const left = field(inner, 'left');
  const right = field(inner, 'right');
  if (left?.type !== 'member_expression' || !right) return undefined;
  const path = left.text.replace(/\s+/g, '');
  if (path === 'module.exports') {
    if (right.type === 'object')
      return { declare: membersOfObject(right, true).filter((member) => member.kind !== 'property') };
    const named = isFunction(right) || right.type === 'class';
    return named ? { declare: [{ ...defaultExport(node, right), nameNode: left }] } : undefined;
  }
  const exported = /^(?:module\.)?exports\.[\w$]+$/.test(path);
  if (exported && right.type !== 'identifier') {
    const name = path.slice(path.lastIndexOf('.') + 1);
    return {
      declare: [{ ...valueDeclaration(name, node, right, 'constant'), nameNode: left, exported: true }],
    };
  }
  if (isFunction(right))
    return { declare: [{ ...valueDeclaration(path, node, right, 'method'), nameNode: left }] };
  return undefined;
}

const testCall = /^(?:describe|context|suite|test|it|bench)(?:\.\w+)*$/;

function called(node: Node, call: Node): Meaning | undefined {
  const callee = field(call, 'function');
  const given = field(call, 'arguments');
  if (!callee || !given) return undefined;
  if (callee.type === 'parenthesized_expression' || isFunction(callee)) {
    const wrapped = isFunction(callee) ? callee : childrenOf(callee)[0];
    const body = wrapped && isFunction(wrapped) ? field(wrapped, 'body') : null;
    return body ? { enter: [body] } : undefined;
  }
  const list = childrenOf(given);
  const callback = list.findLast(isFunction);
  const body = callback && field(callback, 'body');
  if (!body) return undefined;
  if (callee.text === 'define') return { enter: [body] };
  const title = list[0];
  // `it.each(table)('title', …)` names the test in a second call.
  const name = callee.type === 'call_expression' ? field(callee, 'function')?.text : callee.text;
  if (!title || !/string/.test(title.type) || !testCall.test(name ?? '')) return undefined;
  return {
    declare: [
      {
        name: unquote(title.text),
        kind: 'section',
        exported: false,
        node,
        nameNode: title,
        signature: `${name}(${title.text})`,
        inside: body,
        level: 'file',
      },
    ],
  };
}

/** Inside a function only functions and classes of some size are worth a line. */
function isLocalSymbol(declaration: Declaration): boolean {
  if (declaration.kind === 'class') return true;
  const { startPosition, endPosition } = declaration.node;
  const isFunctionLike = declaration.kind === 'function' || declaration.kind === 'method';
  return isFunctionLike && endPosition.row - startPosition.row >= 2;
}

function isDirective(node: Node): boolean {
  return (
    node.type === 'expression_statement' &&
    node.namedChildCount === 1 &&
    node.namedChild(0)?.type === 'string'
  );
}

/** The object literal that a value is, behind `as const`, `satisfies T`, `Object.freeze(…)`. */
function objectIn(value: Node): Node | undefined {
  if (value.type === 'object') return value;
  if (value.type === 'as_expression' || value.type === 'satisfies_expression')
    return childOfType(value, 'object');
  return undefined;
}

function boundNames(pattern: Node): Node[] {
  if (pattern.type === 'identifier') return [pattern];
  if (pattern.type === 'shorthand_property_identifier_pattern') return [pattern];
  if (pattern.type === 'pair_pattern') return childrenOf(pattern).slice(1).flatMap(boundNames);
  return /_pattern$/.test(pattern.type) ? childrenOf(pattern).flatMap(boundNames) : [];
}
