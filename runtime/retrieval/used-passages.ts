/** Edges between passages: from one to those that define a name which it uses. Followed for one step, from what matches best. */
import type { StoredChunk } from './passages';
import { calledName, identifiersIn, isCode } from './references';

type Passage = Pick<StoredChunk, 'symbols' | 'text' | 'language'>;

/** A name with more definitions does not say which one is meant. */
const MOST_DEFINITIONS = 10;

/**
 * Those of the candidates that a user other than themselves names.
 * @param countDefinitions of a name that others can mean, counted up to `most`
 */
export function usedByOthers<T extends Passage>(
  candidates: readonly T[],
  users: readonly T[],
  countDefinitions: (name: string, most: number) => number,
): Set<T> {
  const definitions = new Map<string, { symbol: string; passage: T }[]>();
  for (const passage of candidates) {
    if (!isCode(passage.language)) continue;
    for (const symbol of passage.symbols.split(' ')) {
      const name = calledName(symbol);
      const others = definitions.get(name);
      if (others) others.push({ symbol, passage });
      else definitions.set(name, [{ symbol, passage }]);
    }
  }
  const telling = new Map<string, boolean>();
  const tells = (symbol: string) => {
    const known = telling.get(symbol);
    if (known !== undefined) return known;
    const count = countDefinitions(symbol, MOST_DEFINITIONS + 1);
    telling.set(symbol, count > 0 && count <= MOST_DEFINITIONS);
    return telling.get(symbol)!;
  };
  const used = new Set<T>();
  for (const user of users) {
    if (!isCode(user.language)) continue;
    for (const name of identifiersIn(user.text))
      for (const { symbol, passage } of definitions.get(name) ?? [])
        if (passage !== user && !used.has(passage) && tells(symbol)) used.add(passage);
  }
  return used;
}
