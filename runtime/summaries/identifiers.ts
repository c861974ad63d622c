import { wordsOf } from './words';

/** Literals that may be named without standing in the file. */
const literals = new Set([
  'true',
  'false',
  'null',
  'undefined',
  'None',
  'True',
  'False',
  'NaN',
  'self',
  'this',
  'void',
]);

/**
 * The identifiers that a line of prose names: what stands in backquotes, is called, is dotted, or is written as no
 * English word is (camelCase, snake_case, letters with digits). Dotted names are taken apart.
 */
export function identifiersIn(prose: string): Set<string> {
  const found = new Set<string>();
  const add = (text: string): void => {
    for (const word of wordsOf(text)) if (!literals.has(word)) found.add(word);
  };
  for (const [, code] of prose.matchAll(/`([^`]+)`/g)) add(code ?? '');
  const rest = prose.replace(/`[^`]+`/g, ' ');
  for (const [word] of rest.matchAll(/[\p{L}_$][\p{L}\p{N}_$]*(?:\.[\p{L}_$][\p{L}\p{N}_$]*)*(?:\(\))?/gu)) {
    if (isIdentifier(word)) add(word);
  }
  return found;
}

function isIdentifier(word: string): boolean {
  if (word.endsWith('()') || /[_$]/.test(word)) return true;
  if (word.includes('.')) return !/^(?:e\.g|i\.e|a\.k\.a|vs|etc)$/i.test(word);
  // `IDs`, `URLs` and `HTTP2` are words; `readFile`, `XMLHttpRequest`, `utf8` are names.
  return /\p{Ll}\p{Lu}/u.test(word) || /\p{Lu}{2}\p{Ll}{2}/u.test(word) || /^\p{Ll}+\p{N}/u.test(word);
}

/** How many of the identifiers that `prose` names exist in a file with the given words. */
export function faithfulness(
  prose: string,
  fileWords: ReadonlySet<string>,
): { named: number; existing: number; share: number } {
  const named = identifiersIn(prose);
  let existing = 0;
  for (const name of named) if (fileWords.has(name)) existing++;
  return { named: named.size, existing, share: named.size === 0 ? 1 : existing / named.size };
}
