/**
 * Words in the user's language. The page carries the editor's translations with it, so that they are there before the
 * first thing is drawn; English, which is its own key, stands in for those that are missing.
 */
import { recordOf } from '../runtime/protocol/json';
import { english, type Translate } from '../runtime/protocol/translate';

/** What is read of the page; tests run without one. */
interface Page {
  documentElement: { lang: string };
  body: { dataset: { words?: string } };
}

const { document: page } = globalThis as { document?: Page };

/** As in the page's `lang` attribute: "en", "pt-br". */
export const language = page?.documentElement.lang || 'en';

export const t: Translate = translator(page?.body.dataset.words);

/** @param json the editor's translations by their English sentences, as an object in JSON */
export function translator(json: string | undefined): Translate {
  const words = parse(json);
  return (message, ...args) => {
    const word = Object.hasOwn(words, message) ? words[message] : undefined;
    return english(typeof word === 'string' ? word : message, ...args);
  };
}

function parse(json: string | undefined): Record<string, unknown> {
  try {
    return recordOf(JSON.parse(json ?? ''));
  } catch {
    return {};
  }
}
