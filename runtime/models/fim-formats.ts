import type { FimOrder } from '../protocol/prompt-format';

/** Special tokens, by name, around the parts of a prompt, and the order in which the model was trained to see them. */
export interface FimFormat {
  order: FimOrder;
  prefix: string;
  suffix: string;
  /** Absent where the model goes on from the prefix itself. */
  middle?: string;
}

const suffixLast = (prefix: string, suffix: string, middle: string): FimFormat => ({
  order: 'prefix-suffix-middle',
  prefix,
  suffix,
  middle,
});

/**
 * Formats whose tokens' names cannot mean anything else. Models that were trained in both orders have the one here that their
 * authors document.
 */
export const fimFormats = {
  /** Granite 4, Qwen2.5-Coder, CodeGemma. */
  bars: suffixLast('<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>'),
  /** StarCoder, Granite Code, Stable Code. */
  underscores: suffixLast('<fim_prefix>', '<fim_suffix>', '<fim_middle>'),
  /** SantaCoder. */
  dashes: suffixLast('<fim-prefix>', '<fim-suffix>', '<fim-middle>'),
  deepseek: suffixLast('<｜fim▁begin｜>', '<｜fim▁hole｜>', '<｜fim▁end｜>'),
  codeLlama: suffixLast('▁<PRE>', '▁<SUF>', '▁<MID>'),
  codestral: { order: 'suffix-prefix-middle', prefix: '[PREFIX]', suffix: '[SUFFIX]' },
} as const satisfies Record<string, FimFormat>;

/** The format whose tokens are all there. */
export function recognisedFim(added: ReadonlyMap<string, number>): FimFormat | undefined {
  return Object.values<FimFormat>(fimFormats).find((format) => hasTokensOf(format, added));
}

export function hasTokensOf(
  { prefix, suffix, middle }: FimFormat,
  added: ReadonlyMap<string, number>,
): boolean {
  return added.has(prefix) && added.has(suffix) && (middle === undefined || added.has(middle));
}
