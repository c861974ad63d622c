import { Tokenizer } from '@huggingface/tokenizers';
import { UserError, messageOf } from '../protocol/errors';
import type { CutPlace } from '../protocol/prompt-format';
import { plainText } from './plain-text';

/** What a tokeniser tells of the texts that its model was trained on. */
export interface TokenizerDescription {
  /** Ids of the tokens that no text encodes to, by name; many are not marked as special. */
  added: ReadonlyMap<string, number>;
  /** Those of them that are no part of a text that is written. */
  special: readonly number[];
  /** What it puts in front of every text. */
  begin?: number;
  /** Absent where neither place leaves the tokens as they are. */
  cut?: CutPlace;
}

/**
 * @param json content of tokenizer.json
 * @param config content of tokenizer_config.json, where there is one
 * @throws UserError where the tokeniser cannot be used
 */
export function describeTokenizer(json: unknown, config: object = {}): TokenizerDescription {
  try {
    const plain = new Tokenizer(plainText(json), {});
    const encode = (text: string) => plain.encode(text, { add_special_tokens: false }).ids;
    const begin = beginOf(new Tokenizer(json as object, config));
    const cut = cutOf(encode);
    return { ...addedTokens(json), ...(begin !== undefined && { begin }), ...(cut && { cut }) };
  } catch (error) {
    throw new UserError(
      `tokenizer.json cannot be used (${messageOf(error)}). Choose another model, or leave the file away to measure this one.`,
      { cause: error },
    );
  }
}

/** Ids by name; blank ones are text. */
export function addedTokens(json: unknown): Pick<TokenizerDescription, 'added' | 'special'> {
  const { added_tokens = [] } = json as {
    added_tokens?: { content: string; id: number; special?: boolean }[];
  };
  const named = added_tokens.filter(({ content }) => content.trim() !== '');
  const isSpecial = ({ content, special }: (typeof named)[number]) => special || layoutNames.test(content);
  return {
    added: new Map(named.map(({ content, id }) => [content, id])),
    special: named.filter(isSpecial).map(({ id }) => id),
  };
}

/** What stands between the parts of a prompt, and between files. */
const layoutNames = /fim|file_sep|repo_name/;

function beginOf(tokenizer: Tokenizer): number | undefined {
  const [whole, plain] = [true, false].map(
    (add_special_tokens) => tokenizer.encode('a', { add_special_tokens }).ids,
  );
  return whole!.length > plain!.length && whole![0] !== plain![0] ? whole![0] : undefined;
}

/** Texts that tell the kinds of tokenisers apart, each cut in two at places of both kinds. */
const samples: Record<CutPlace, readonly [string, string][]> = {
  'before-newlines': [
    ['a;', '\nb'],
    ['f() {', '\n    return b;'],
    ['}', '\n\n  c'],
    ['x = 1', '\n\ty'],
  ],
  'after-newlines': [
    ['a;\n', 'b'],
    ['f() {\n', '    return b;'],
    ['}\n\n', '  c'],
    ['x = 1\n', '\ty'],
    ['a\n  \n', '  b'],
  ],
};

function cutOf(encode: (text: string) => readonly number[]): CutPlace | undefined {
  const exact = (place: CutPlace) =>
    samples[place].every(
      ([first, second]) => `${[...encode(first), ...encode(second)]}` === `${encode(first + second)}`,
    );
  return (['before-newlines', 'after-newlines'] as const).find(exact);
}
