/**
 * tokenizer.json for pieces of a file: what is encoded is text, whatever it looks like, and a piece is not a text's beginning.
 */

type Component = Record<string, unknown> & { type?: string };

/**
 * Without its added tokens (but those for runs of spaces) it takes strings that look like special tokens for text: a file cannot inject a prompt. Without the
 * space that SentencePiece's kind puts in front of every text, and takes away when it decodes, pieces can be joined again.
 */
export function plainText(json: unknown): object {
  const { normalizer, pre_tokenizer, decoder, ...rest } = json as Record<string, Component | null>;
  const added = ((json as { added_tokens?: { content: string }[] }).added_tokens ?? []).filter(
    ({ content }) => content.trim() === '',
  );
  return {
    ...rest,
    added_tokens: added,
    post_processor: null,
    normalizer: rebuilt(normalizer, 'normalizers', (part) => (part.type === 'Prepend' ? [] : [part])),
    pre_tokenizer: rebuilt(pre_tokenizer, 'pretokenizers', (part) => {
      if (part.type === 'Metaspace') return [{ ...part, prepend_scheme: 'never', add_prefix_space: false }];
      return [part.type === 'ByteLevel' ? { ...part, add_prefix_space: false } : part];
    }),
    decoder: rebuilt(decoder, 'decoders', (part) => {
      if (part.type === 'Strip') return [];
      return part.type === 'Metaspace'
        ? [
            { type: 'Replace', pattern: { String: part.replacement ?? '▁' }, content: ' ' },
            { type: 'ByteFallback' },
            { type: 'Fuse' },
          ]
        : [part];
    }),
  };
}

/** Every part of a component, which may be a sequence of some, replaced by what `change` makes of it. */
function rebuilt(
  component: Component | null | undefined,
  key: string,
  change: (part: Component) => Component[],
): Component | null {
  if (!component) return null;
  const parts = component.type === 'Sequence' ? (component[key] as Component[]) : [component];
  const changed = parts.flatMap(change);
  if (changed.length < 2 && component.type !== 'Sequence') return changed[0] ?? null;
  return { type: 'Sequence', [key]: changed };
}
