import type { Node } from 'web-tree-sitter';
import { rowsOf } from '../rules';

export function isFunction(node: Node): boolean {
  return (
    node.type === 'arrow_function' ||
    node.type === 'function_expression' ||
    node.type === 'generator_function'
  );
}

/** A body of a line or two holds no symbol worth a line of its own. */
export function worthEntering(body: Node | null): Node | null {
  return body && rowsOf(body) > 3 ? body : null;
}
