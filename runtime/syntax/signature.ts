import type { Node } from 'web-tree-sitter';
import { clip, oneLine } from './lines';
import { childrenOf, type Declaration, type LanguageRules } from './rules';

/** Beyond this a signature is cut with an ellipsis; an initial value is shown up to half of it. */
const limit = 240;

/** The declaration without its body, on one line; comments and decorators left out. */
export function signatureOf(declaration: Declaration, text: string, rules: LanguageRules): string {
  if (declaration.signature !== undefined) return clip(oneLine(declaration.signature), limit);
  const { node, body, value } = declaration;
  if (value) {
    const whole = print(node, value.endIndex, text, rules);
    if (whole.length <= limit / 2 && !value.text.includes('\n')) return trimEnd(whole);
    return clip(`${trimEnd(print(node, value.startIndex, text, rules))} = …`, limit);
  }
  return clip(trimEnd(print(node, body ? body.startIndex : node.endIndex, text, rules)), limit);
}

function print(node: Node, end: number, text: string, rules: LanguageRules): string {
  const skipped: Node[] = [];
  gatherSkipped(node, end, rules, skipped, 0);
  let out = '';
  let at = node.startIndex;
  for (const skip of skipped) {
    if (skip.startIndex < at) continue;
    out += text.slice(at, skip.startIndex);
    at = skip.endIndex;
  }
  return oneLine(out + text.slice(at, Math.max(at, end)));
}

/** Comments and decorators between the start of `node` and `end`, in order. */
function gatherSkipped(node: Node, end: number, rules: LanguageRules, into: Node[], depth: number): void {
  if (depth > 6) return;
  for (const child of childrenOf(node)) {
    if (child.startIndex >= end) return;
    if (rules.comments.has(child.type) || rules.prefixes.has(child.type)) into.push(child);
    else if (child.namedChildCount > 0) gatherSkipped(child, end, rules, into, depth + 1);
  }
}

function trimEnd(signature: string): string {
  return signature.replace(/\s*(?:=>|[{=:;,])\s*$/, '').trimEnd();
}
