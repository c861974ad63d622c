/**
 * Shapes for measurements of speed, which does not depend on what the weights are: `config.json` of each, by the name
 * that follows `random:`.
 */
const mamba2 = (width: number, layers: number): object => ({
  model_type: 'mamba2',
  hidden_size: width,
  num_hidden_layers: layers,
  vocab_size: 50288,
  expand: 2,
  head_dim: 64,
  num_heads: (2 * width) / 64,
  state_size: 128,
  n_groups: 1,
  conv_kernel: 4,
  layer_norm_epsilon: 1e-5,
  tie_word_embeddings: true,
});

/** A Transformer of Mamba-2 130M's size: what it costs to keep every token instead of a state. */
const llama130m: object = {
  model_type: 'llama',
  vocab_size: 50288,
  hidden_size: 768,
  num_hidden_layers: 12,
  num_attention_heads: 12,
  intermediate_size: 2240,
  rms_norm_eps: 1e-5,
  tie_word_embeddings: true,
};

const mamba130m: object = {
  model_type: 'mamba',
  hidden_size: 768,
  num_hidden_layers: 24,
  vocab_size: 50280,
  expand: 2,
  state_size: 16,
  time_step_rank: 48,
  conv_kernel: 4,
  layer_norm_epsilon: 1e-5,
};

const based360m: object = {
  vocab_size: 50257,
  n_embd: 1024,
  n_layer: 27,
  n_inner: 2048,
  layer_norm_epsilon: 1e-5,
  alt_mixer_layers: [1, 6, 11, 16, 21],
  alt_mixer_2_layers: [2, 7, 12, 17, 22],
  mixer: { _target_: 'BaseConv', kernel_sizes: 3, expand_proj: 4 },
  alt_mixer: {
    _target_: 'LinearAttention',
    feature_dim: 16,
    num_heads: 16,
    feature_map: { _target_: 'TaylorExp' },
  },
  alt_mixer_2: { _target_: 'SlidingAttention', window_size: 256, num_heads: 16, causal: true },
};

/** StripedHyena-7B's kind: every other layer a Hyena operator, the others attention. */
const stripedHyena = (shape: { num_layers: number; [key: string]: unknown }): object => {
  const layers = Array.from({ length: shape.num_layers }, (_, i) => i);
  return {
    hyena_layer_idxs: layers.filter((i) => i % 2 === 0),
    attn_layer_idxs: layers.filter((i) => i % 2 === 1),
    state_size: 2,
    short_filter_length: 3,
    qkv_proj_bias: false,
    mha_out_proj_bias: false,
    eps: 1e-5,
    use_flash_rmsnorm: true,
    max_seqlen: 32768,
    rotary_emb_base: 500000,
    proj_groups: 4,
    ...shape,
  };
};

/** Granite 4.0 H 350M's, its four layers of attention spread evenly. */
const graniteH350m: object = {
  model_type: 'granitemoehybrid',
  vocab_size: 100352,
  hidden_size: 768,
  num_hidden_layers: 32,
  layer_types: Array.from({ length: 32 }, (_, i) => (i % 8 === 7 ? 'attention' : 'mamba')),
  num_attention_heads: 12,
  num_key_value_heads: 4,
  attention_multiplier: 1 / 64,
  embedding_multiplier: 12,
  residual_multiplier: 0.246,
  logits_scaling: 3,
  intermediate_size: 2048,
  shared_intermediate_size: 2048,
  num_local_experts: 0,
  num_experts_per_tok: 0,
  mamba_expand: 2,
  mamba_n_heads: 48,
  mamba_d_head: 32,
  mamba_d_state: 128,
  mamba_n_groups: 1,
  mamba_d_conv: 4,
  rms_norm_eps: 1e-5,
  tie_word_embeddings: true,
};

/** The embedded model's shape. */
const striped76m: object = {
  model_type: 'striped',
  vocab_size: 16384,
  hidden_size: 768,
  num_hidden_layers: 9,
  layer_types: Array.from({ length: 9 }, (_, i) => (i % 3 === 2 ? 'sliding_attention' : 'mamba2')),
  intermediate_size: 1792,
  rms_norm_eps: 1e-5,
  mamba2: { expand: 2, num_heads: 24, head_dim: 64, state_size: 64, n_groups: 1, conv_kernel: 4 },
  attention: {
    num_heads: 12,
    num_kv_heads: 2,
    head_dim: 64,
    sliding_window: [512, 4096, 512],
    rope_theta: 10000,
  },
};

export const randomShapes: Readonly<Record<string, object>> = {
  'mamba-130m': mamba130m,
  'mamba2-130m': mamba2(768, 24),
  'mamba2-370m': mamba2(1024, 48),
  'llama-130m': llama130m,
  'based-360m': based360m,
  'granite-4.0-h-350m': graniteH350m,
  'stripedhyena-76m': stripedHyena({
    num_layers: 10,
    vocab_size: 16384,
    hidden_size: 768,
    num_attention_heads: 12,
    inner_mlp_size: 1920,
    tie_embeddings: true,
  }),
  'stripedhyena-7b': stripedHyena({
    num_layers: 32,
    vocab_size: 32000,
    hidden_size: 4096,
    num_attention_heads: 32,
    inner_mlp_size: 14336,
    tie_embeddings: false,
  }),
  'striped-76m': striped76m,
};
