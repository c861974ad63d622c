/**
 * The part of a config that describes the language model: of a model for texts and images its `text_config`, whose matrices at
 * both ends are tied as the whole says, else the config itself.
 */
export function textConfig(config: unknown): object {
  const whole = (typeof config === 'object' && config !== null ? config : {}) as Record<string, unknown>;
  const text = whole.text_config;
  if (typeof text !== 'object' || text === null) return whole;
  const { tie_word_embeddings: tied } = whole;
  return { ...text, ...(tied !== undefined && { tie_word_embeddings: tied }) };
}
