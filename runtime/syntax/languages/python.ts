import type { Node } from 'web-tree-sitter';
import type { ImportReference, SymbolKind } from '../../protocol/outline';
import { dedent } from '../comments';
import {
  childOfType,
  childrenOf,
  field,
  rowsOf,
  unquote,
  type Declaration,
  type LanguageRules,
  type Meaning,
  type Scope,
} from '../rules';

export const pythonRules: LanguageRules = {
  comments: new Set(['comment']),
  prefixes: new Set(['decorator']),
  exportedNames: listedNames,
  fileDoc: (root) => docstringOf(root),
  interpret(node, scope) {
    switch (node.type) {
      case 'function_definition':
      case 'class_definition':
        return { declare: [definition(node, node, scope)] };
      case 'decorated_definition': {
        const inner = field(node, 'definition');
        return inner ? { declare: [definition(inner, node, scope)] } : undefined;
      }
      case 'import_statement':
      case 'import_from_statement':
      case 'future_import_statement':
        return { imports: importsOf(node) };
      case 'expression_statement':
        return scope.level === 'function' ? undefined : assigned(node, scope);
      case 'type_alias_statement':
        return typeAlias(node, scope);
    }
    return transparent.has(node.type) ? { enter: [node] } : undefined;
  },
};

const transparent = new Set([
  'block',
  'if_statement',
  'elif_clause',
  'else_clause',
  'try_statement',
  'except_clause',
  'finally_clause',
  'with_statement',
  'for_statement',
  'while_statement',
  'match_statement',
  'case_clause',
]);

function definition(node: Node, outer: Node, scope: Scope): Declaration {
  const nameNode = field(node, 'name');
  const name = nameNode?.text ?? '';
  const body = field(node, 'body');
  const isClass = node.type === 'class_definition';
  return {
    name,
    kind: isClass ? 'class' : functionKind(name, outer, scope),
    exported: isExported(name, scope),
    node: outer,
    nameNode: nameNode ?? node,
    body,
    doc: body ? docstringOf(body) : undefined,
    inside: isClass || (body && rowsOf(body) > 3) ? body : undefined,
    level: isClass ? 'type' : 'function',
  };
}

function functionKind(name: string, outer: Node, scope: Scope): SymbolKind {
  if (scope.level !== 'type') return 'function';
  if (name === '__init__') return 'constructor';
  const decorators = childrenOf(outer).filter((child) => child.type === 'decorator');
  const isProperty = decorators.some((each) =>
    /^@[\w.]*(?:property|\.setter|\.getter|\.deleter)\b/.test(each.text),
  );
  return isProperty ? 'property' : 'method';
}

function assigned(node: Node, scope: Scope): Meaning | undefined {
  const assignment = childOfType(node, 'assignment');
  const target = assignment && field(assignment, 'left');
  if (!assignment || !target) return undefined;
  const names =
    target.type === 'identifier'
      ? [target]
      : childrenOf(target).filter((child) => child.type === 'identifier');
  if (target.type !== 'identifier' && target.type !== 'pattern_list' && target.type !== 'tuple_pattern')
    return undefined;
  const doc = docAfter(node);
  return {
    declare: names
      .filter((name) => !/^__(?:all|slots|author|version|license|copyright|email)__$/.test(name.text))
      .map((name) => ({
        name: name.text,
        kind:
          scope.level === 'type'
            ? scope.owner === 'enum'
              ? 'constant'
              : 'property'
            : isUpperCase(name.text)
              ? 'constant'
              : 'variable',
        exported: isExported(name.text, scope),
        node: assignment,
        nameNode: name,
        value: field(assignment, 'right'),
        ...(doc ? { doc } : {}),
      })),
  };
}

function typeAlias(node: Node, scope: Scope): Meaning | undefined {
  const [left, right] = childrenOf(node);
  if (!left || !right) return undefined;
  const name = left.text.replace(/\[[\s\S]*/, '');
  return {
    declare: [{ name, kind: 'type', exported: isExported(name, scope), node, nameNode: left, value: right }],
  };
}

/** Names as the module has them; `import a.b` names nothing, `from a import *` names '*'. */
function importsOf(node: Node): ImportReference[] {
  const line = node.startPosition.row;
  const from = field(node, 'module_name');
  const imported = childrenOf(node).filter(
    (child) => child.id !== from?.id && /^(?:dotted_name|aliased_import|wildcard_import)$/.test(child.type),
  );
  const names = imported.map((child) =>
    child.type === 'wildcard_import' ? '*' : (field(child, 'name') ?? child).text,
  );
  if (node.type === 'future_import_statement') return [{ source: '__future__', names, line }];
  return from
    ? [{ source: from.text.replace(/\s+/g, ''), names, line }]
    : names.map((source) => ({ source, names: [], line }));
}

/** A leading underscore hides a name, `__all__` decides where it exists; special methods are public. */
function isExported(name: string, scope: Scope): boolean {
  if (!scope.exported || scope.level === 'function') return false;
  if (scope.level === 'file' && scope.exportedNames) return scope.exportedNames.has(name);
  return !name.startsWith('_') || /^__\w+__$/.test(name);
}

/** The strings of `__all__ = […]`; undefined where there is none or where it is computed. */
function listedNames(root: Node): ReadonlySet<string> | undefined {
  let names: Set<string> | undefined;
  for (const statement of childrenOf(root)) {
    const assignment =
      statement.type === 'expression_statement'
        ? childOfType(statement, 'assignment', 'augmented_assignment')
        : undefined;
    if (!assignment || field(assignment, 'left')?.text !== '__all__') continue;
    const value = field(assignment, 'right');
    if (value?.type !== 'list' && value?.type !== 'tuple') return undefined;
    names ??= new Set();
    for (const item of childrenOf(value)) if (item.type === 'string') names.add(unquote(item.text));
  }
  return names;
}

function docstringOf(body: Node): string | undefined {
  const first = childrenOf(body).find((child) => child.type !== 'comment');
  return first && stringStatement(first);
}

/** The string under an attribute, which tools read as its documentation. */
function docAfter(node: Node): string | undefined {
  const next = node.nextNamedSibling;
  return next && next.startPosition.row <= node.endPosition.row + 1 ? stringStatement(next) : undefined;
}

function stringStatement(statement: Node): string | undefined {
  const text =
    statement.type === 'expression_statement' && statement.namedChildCount === 1
      ? statement.namedChild(0)
      : null;
  if (text?.type !== 'string' || /^[^'"]*[fb]/i.test(text.text.slice(0, 3))) return undefined;
  const inner = text.text.replace(/^[a-zA-Z]*('''|"""|'|")([\s\S]*?)\1$/, '$2');
  return dedent(inner.split('\n')).join('\n').trim() || undefined;
}

function isUpperCase(name: string): boolean {
  return /^_*[A-Z][A-Z0-9_]*$/.test(name);
}
