/**
 * Porter's stemmer (1980), the standard suffix stripper for English: "connected", "connection" -> "connect".
 * Questions say "validation" where code says `validate`.
 */

const C = '[^aeiou]';
const V = '[aeiouy]';
const CC = `${C}[^aeiouy]*`;
const VV = `${V}[aeiou]*`;
/** Measure of a stem: how many vowel-consonant pairs it holds. */
const MEASURE_1 = new RegExp(`^(?:${CC})?${VV}${CC}`);
const MEASURE_EXACTLY_1 = new RegExp(`^(?:${CC})?${VV}${CC}(?:${VV})?$`);
const MEASURE_2 = new RegExp(`^(?:${CC})?${VV}${CC}${VV}${CC}`);
const HAS_VOWEL = new RegExp(`^(?:${CC})?${V}`);
const ENDS_CVC = new RegExp(`^${CC}${V}[^aeiouwxy]$`);

const STEP_2: Record<string, string> = {
  ational: 'ate',
  tional: 'tion',
  enci: 'ence',
  anci: 'ance',
  izer: 'ize',
  bli: 'ble',
  alli: 'al',
  entli: 'ent',
  eli: 'e',
  ousli: 'ous',
  ization: 'ize',
  ation: 'ate',
  ator: 'ate',
  alism: 'al',
  iveness: 'ive',
  fulness: 'ful',
  ousness: 'ous',
  aliti: 'al',
  iviti: 'ive',
  biliti: 'ble',
  logi: 'log',
};
const STEP_3: Record<string, string> = {
  icate: 'ic',
  ative: '',
  alize: 'al',
  iciti: 'ic',
  ical: 'ic',
  ful: '',
  ness: '',
};
const SUFFIX_2 = new RegExp(`^(.+?)(${Object.keys(STEP_2).join('|')})$`);
const SUFFIX_3 = new RegExp(`^(.+?)(${Object.keys(STEP_3).join('|')})$`);
const SUFFIX_4 =
  /^(.+?)(?:al|ance|ence|er|ic|able|ible|ant|ement|ment|ent|ou|ism|ate|iti|ous|ive|ize|(?<=[st])ion)$/;

/** Expects a lower-case word. Words that are not plain Latin letters stay as they are. */
export function stem(word: string): string {
  if (word.length < 3 || !/^[a-z]+$/.test(word)) return word;
  let w = word[0] === 'y' ? `Y${word.slice(1)}` : word;

  if (/(ss|i)es$/.test(w)) w = w.slice(0, -2);
  else if (/[^s]s$/.test(w)) w = w.slice(0, -1);

  if (w.endsWith('eed')) {
    if (MEASURE_1.test(w.slice(0, -3))) w = w.slice(0, -1);
  } else {
    const base = /^(.+)(?:ed|ing)$/.exec(w)?.[1];
    if (base && HAS_VOWEL.test(base)) {
      w = base;
      if (/(at|bl|iz)$/.test(w)) w += 'e';
      else if (/([^aeiouylsz])\1$/.test(w)) w = w.slice(0, -1);
      else if (ENDS_CVC.test(w)) w += 'e';
    }
  }
  if (w.endsWith('y') && HAS_VOWEL.test(w.slice(0, -1))) w = `${w.slice(0, -1)}i`;

  w = replaceSuffix(w, SUFFIX_2, STEP_2);
  w = replaceSuffix(w, SUFFIX_3, STEP_3);

  const base4 = SUFFIX_4.exec(w)?.[1];
  if (base4 && MEASURE_2.test(base4)) w = base4;

  if (w.endsWith('e')) {
    const base = w.slice(0, -1);
    if (
      MEASURE_2.test(base) ||
      (MEASURE_1.test(base) && !(MEASURE_EXACTLY_1.test(base) && ENDS_CVC.test(base)))
    )
      w = base;
    else if (MEASURE_EXACTLY_1.test(base) && !ENDS_CVC.test(base)) w = base;
  }
  if (w.endsWith('ll') && MEASURE_2.test(w)) w = w.slice(0, -1);
  return w.toLowerCase();
}

function replaceSuffix(word: string, pattern: RegExp, table: Record<string, string>): string {
  const match = pattern.exec(word);
  return match && MEASURE_1.test(match[1]!) ? match[1]! + table[match[2]!]! : word;
}
