import type { Node } from 'web-tree-sitter';
import type { SymbolKind } from '../../protocol/outline';
import { field, type Declaration } from '../rules';

/** The common case: a node with `name`, `body` and `value` fields; what differs is given. */
export function declarationOf(
  node: Node,
  kind: SymbolKind,
  exported: boolean,
  differs: Partial<Declaration> = {},
): Declaration {
  const nameNode = differs.nameNode ?? field(node, 'name');
  const body = field(node, 'body');
  const isScope =
    kind === 'class' || kind === 'interface' || kind === 'enum' || kind === 'namespace' || kind === 'module';
  return {
    name: nameNode?.text ?? '',
    kind,
    exported,
    node,
    nameNode: nameNode ?? node,
    body,
    value: body ? null : field(node, 'value'),
    inside: isScope ? body : null,
    level: kind === 'namespace' || kind === 'module' ? 'file' : 'type',
    ...differs,
  };
}

/** Kinds by node type; undefined for types that the table does not name. */
export function kindIn(table: Readonly<Record<string, SymbolKind>>, type: string): SymbolKind | undefined {
  return Object.hasOwn(table, type) ? table[type] : undefined;
}
