import type { Node } from 'web-tree-sitter';
import {
  childOfType,
  childrenOf,
  field,
  unquote,
  type LanguageRules,
  type Meaning,
  type Scope,
} from '../rules';
import { declarationOf } from './declaration';

export const rubyRules: LanguageRules = {
  comments: new Set(['comment']),
  prefixes: new Set(),
  interpret(node, scope) {
    switch (node.type) {
      case 'module':
        return { declare: [declarationOf(node, 'module', true, { level: 'type' })] };
      case 'class':
        return { declare: [{ ...declarationOf(node, 'class', true), body: field(node, 'body') }] };
      case 'singleton_class':
        return { enter: [field(node, 'body') ?? node] };
      case 'method':
      case 'singleton_method':
        return { declare: [method(node, scope)] };
      case 'assignment':
        return constant(node);
      case 'call':
        return called(node, scope);
      case 'body_statement':
      case 'if':
      case 'unless':
      case 'then':
      case 'else':
      case 'begin':
        return { enter: [node] };
    }
    return undefined;
  },
};

function method(node: Node, scope: Scope) {
  const name = field(node, 'name')?.text ?? '';
  const object = field(node, 'object');
  const kind = scope.level !== 'type' ? 'function' : name === 'initialize' ? 'constructor' : 'method';
  const parameters = field(node, 'parameters');
  const signature = `def ${object ? `${object.text}.` : ''}${name}${parameters ? (parameters.text.startsWith('(') ? parameters.text : `(${parameters.text})`) : ''}`;
  return declarationOf(node, kind, !isHidden(node, scope), { signature });
}

/** After a bare `private` or `protected` in the same body. */
function isHidden(node: Node, scope: Scope): boolean {
  if (scope.level !== 'type') return false;
  for (let before = node.previousNamedSibling; before; before = before.previousNamedSibling) {
    if (before.type === 'identifier' && /^(?:private|protected|public)$/.test(before.text))
      return before.text !== 'public';
  }
  return false;
}

function constant(node: Node): Meaning | undefined {
  const left = field(node, 'left');
  if (left?.type !== 'constant') return undefined;
  return {
    declare: [
      declarationOf(node, 'constant', true, { name: left.text, nameNode: left, value: field(node, 'right') }),
    ],
  };
}

const attributes = /^attr_(?:reader|writer|accessor)$/;
const tests = /^(?:describe|context|it|specify|feature|scenario)$/;

function called(node: Node, scope: Scope): Meaning | undefined {
  const name = field(node, 'method')?.text ?? '';
  const given = field(node, 'arguments');
  const first = given && childrenOf(given)[0];
  if (/^require(?:_relative)?$/.test(name) && first?.type === 'string') {
    const source = unquote(first.text);
    return {
      imports: [
        {
          source: name === 'require_relative' && !source.startsWith('.') ? `./${source}` : source,
          names: [],
          line: node.startPosition.row,
        },
      ],
    };
  }
  if (scope.level === 'type' && attributes.test(name) && given) {
    const symbols = childrenOf(given).filter((child) => child.type === 'simple_symbol');
    return {
      declare: symbols.map((each) =>
        declarationOf(node, 'property', !isHidden(node, scope), {
          name: each.text.slice(1),
          nameNode: each,
          signature: `${name} ${each.text}`,
        }),
      ),
    };
  }
  const block = childOfType(node, 'do_block', 'block');
  const body = block && (field(block, 'body') ?? block);
  if (tests.test(name) && first && body) {
    return {
      declare: [
        declarationOf(node, 'section', false, {
          name: unquote(first.text),
          nameNode: first,
          signature: `${name} ${first.text}`,
          inside: body,
          level: 'file',
        }),
      ],
    };
  }
  return undefined;
}
