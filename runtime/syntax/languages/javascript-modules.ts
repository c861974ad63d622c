import type { Node } from 'web-tree-sitter';
import type { ImportReference } from '../../protocol/outline';
import { childOfType, childrenOf, field, unquote } from '../rules';

/** Names as the source exports them; 'default' and '*' stand for a default and a namespace import. */
export function importsOf(node: Node): ImportReference[] {
  const line = node.startPosition.row;
  const required = childOfType(node, 'import_require_clause');
  const source = field(required ?? node, 'source');
  if (!source) return [];
  const names: string[] = required ? ['*'] : [];
  for (const part of childrenOf(childOfType(node, 'import_clause') ?? node)) {
    if (part.type === 'identifier') names.push('default');
    else if (part.type === 'namespace_import') names.push('*');
    else if (part.type === 'named_imports') names.push(...specifierNames(part));
  }
  return [{ source: unquote(source.text), names, line }];
}

/** `export … from './x'`. */
export function reexportsOf(node: Node): ImportReference[] {
  const source = field(node, 'source');
  const clause = childOfType(node, 'export_clause');
  return source
    ? [
        {
          source: unquote(source.text),
          names: clause ? specifierNames(clause) : ['*'],
          line: node.startPosition.row,
        },
      ]
    : [];
}

/** `require('x')`, also `require('x').name`, as the value of `target`. */
export function requiresOf(value: Node, target: Node | null): ImportReference | undefined {
  const member = value.type === 'member_expression' ? field(value, 'object') : null;
  const call = member ?? value;
  if (call.type !== 'call_expression' || field(call, 'function')?.text !== 'require') return undefined;
  const source = childOfType(field(call, 'arguments') ?? call, 'string');
  if (!source) return undefined;
  const line = value.startPosition.row;
  if (member) return { source: unquote(source.text), names: [field(value, 'property')?.text ?? '*'], line };
  const names = target?.type === 'object_pattern' ? childrenOf(target).map(patternKey) : ['*'];
  return { source: unquote(source.text), names, line };
}

/** Names that the file exports apart from their declarations: `export { a }`, `export default a`, `module.exports`. */
export function exportedNames(root: Node): ReadonlySet<string> {
  const names = new Set<string>();
  for (const node of childrenOf(root)) {
    if (node.type === 'export_statement' && !field(node, 'source')) {
      const clause = childOfType(node, 'export_clause');
      if (clause) for (const name of specifierNames(clause)) names.add(name);
      const value = field(node, 'value') ?? childOfType(node, 'identifier');
      if (value?.type === 'identifier') names.add(value.text);
    } else if (node.type === 'expression_statement') addCommonJs(node, names);
  }
  return names;
}

function addCommonJs(statement: Node, names: Set<string>): void {
  const assignment = childOfType(statement, 'assignment_expression');
  const left = assignment && field(assignment, 'left');
  const right = assignment && field(assignment, 'right');
  if (left?.type !== 'member_expression' || !right || !/^(?:module\.)?exports\b/.test(left.text)) return;
  if (right.type === 'identifier') names.add(right.text);
  if (right.type !== 'object') return;
  for (const part of childrenOf(right)) {
    const value = part.type === 'pair' ? field(part, 'value') : part;
    if (value && /identifier$/.test(value.type)) names.add(value.text);
  }
}

function specifierNames(clause: Node): string[] {
  return childrenOf(clause)
    .filter((part) => /_specifier$/.test(part.type))
    .map((part) => unquote((field(part, 'name') ?? part).text));
}

function patternKey(part: Node): string {
  return (field(part, 'key') ?? field(part, 'left') ?? part).text;
}
