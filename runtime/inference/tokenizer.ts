import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { plainText } from '../models/plain-text';
import { addedTokens } from '../models/tokenizer-description';
import { messageOf, UserError } from '../protocol/errors';
import type { CutPlace } from '../protocol/prompt-format';
import { EncodeCache } from './encode-cache';
import type { Tokenizer } from './language-model';

/**
 * @param json content of tokenizer.json
 * @param cut where a text can be cut without any change of its tokens: there it is cut into pieces, which are cached
 * @throws UserError where the file is not one that can be used
 */
export function createTokenizer(json: unknown, cut: CutPlace | undefined): Tokenizer {
  try {
    const tokenizer = new HuggingFaceTokenizer(plainText(json), {});
    const encodePiece = (text: string) =>
      text === '' ? [] : tokenizer.encode(text, { add_special_tokens: false }).ids;
    const cache = cut && new EncodeCache(encodePiece, cut);
    return {
      encode: cache ? (text) => cache.encode(text) : encodePiece,
      decode: (ids) =>
        ids.length === 0
          ? ''
          : tokenizer.decode([...ids], { skip_special_tokens: false, clean_up_tokenization_spaces: false }),
      added: addedTokens(json).added,
      vocabularySize: tokenizer.get_vocab(true).size,
    };
  } catch (error) {
    throw new UserError(`tokenizer.json cannot be used (${messageOf(error)}). Download the model again.`, {
      cause: error,
    });
  }
}

/**
 * Ids of a whole text with what its encoder wants around it (`[CLS] … [SEP]`), as its own post-processor says.
 * @throws UserError where the file is not one that can be used
 */
export function createTextTokenizer(json: unknown): (text: string) => number[] {
  try {
    const tokenizer = new HuggingFaceTokenizer({ ...(json as object), added_tokens: [] }, {});
    return (text) => tokenizer.encode(text, { add_special_tokens: true }).ids;
  } catch (error) {
    throw new UserError(`tokenizer.json cannot be used (${messageOf(error)}). Download the model again.`, {
      cause: error,
    });
  }
}

/** Of a model that is only measured: ids go in and come out, text does not. */
export function missingTokenizer(model: string, vocabularySize: number): Tokenizer {
  const refuse = (): never => {
    throw new UserError(
      `${model} has no longview.json, so that its tokens are unknown. Name a model that can write text.`,
    );
  };
  return { encode: refuse, decode: refuse, added: new Map(), vocabularySize };
}
