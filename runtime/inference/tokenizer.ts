import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { messageOf, UserError } from '../protocol/errors';
import { EncodeCache } from './encode-cache';
import type { Tokenizer } from './language-model';

/**
 * @param json content of tokenizer.json
 * @param newlinesStartPieces whether a newline never shares a token with what stands before it; then lines are cached
 * @throws UserError where the file is not one that can be used
 */
export function createTokenizer(json: unknown, newlinesStartPieces: boolean): Tokenizer {
  try {
    // Without its added tokens it takes strings that look like special tokens for text: a file cannot inject a prompt.
    const plain = { ...(json as object), added_tokens: [] };
    const tokenizer = new HuggingFaceTokenizer(plain, {});
    const encodePiece = (text: string) =>
      text === '' ? [] : tokenizer.encode(text, { add_special_tokens: false }).ids;
    const cache = new EncodeCache(encodePiece);
    return {
      encode: newlinesStartPieces ? (text) => cache.encode(text) : encodePiece,
      decode: (ids) =>
        ids.length === 0
          ? ''
          : tokenizer.decode([...ids], { skip_special_tokens: false, clean_up_tokenization_spaces: false }),
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
  return { encode: refuse, decode: refuse, vocabularySize };
}
