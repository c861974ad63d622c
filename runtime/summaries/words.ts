/** Words and identifiers in prose and code: what faithfulness is measured with. Pure. */

/** All words of a text as written, identifiers whole. */
export function wordsOf(text: string): Set<string> {
  return new Set(text.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu));
}

/** The parts of identifiers and words in lower case: `readFileSync` gives read, file, sync. */
export function partsOf(text: string): string[] {
  return (text.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? []).flatMap((word) =>
    word
      .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
      .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
      .toLowerCase()
      .split(/[\s_$]+/)
      .filter((part) => part !== ''),
  );
}

/** A rough stem, so that `reads`, `reading` and `read` are one word. */
export function stem(word: string): string {
  if (word.length <= 3) return word;
  const bare = word
    .replace(/(?:ies|ied)$/, 'y')
    .replace(/(?:ations?|ing|ers?|ors?|ed|es|s|e)$/, '')
    .replace(/([^aeiou])\1$/, '$1');
  return bare.length >= 3 ? bare : word;
}

const small = new Set(
  `a an the this that these those it its of in on at by to from for with without into as is are was be been being and or not no if when
  whether which who whose what where than then so such all any each every some given new one only will would can could may should
  do does did has have had there their them they you your we our i`.split(/\s+/),
);

/** Words that carry meaning, stemmed. */
export function contentStems(text: string): string[] {
  return partsOf(text)
    .filter((part) => !small.has(part) && part.length > 1)
    .map(stem);
}
