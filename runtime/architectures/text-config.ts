import { isRecord, recordOf } from '../protocol/json';

/**
 * The part of a config that describes the language model: of a model for texts and images its `text_config`, whose matrices at
 * both ends are tied as the whole says, else the config itself.
 */
export function textConfig(config: unknown): object {
  const whole = recordOf(config);
  const text = whole.text_config;
  if (!isRecord(text)) return whole;
  const { tie_word_embeddings: tied } = whole;
  return { ...text, ...(tied !== undefined && { tie_word_embeddings: tied }) };
}
