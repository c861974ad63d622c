import type { ImplicitFilter } from './implicit-filter';
import type { LayerNorm } from './norm';

/** An encoder as a list of layers: texts of at most `length` tokens in, one vector for each out. */
export interface EncoderDescription {
  kind: 'encoder';
  family: string;
  vocabulary: number;
  width: number;
  /** Tokens of every text, padding included: its end is heard at its beginning, so that padding is part of the model. */
  length: number;
  /** Token that texts are padded with. */
  padding: number;
  /** Names of tensors: [vocabulary, width], [length, width], [types, width], of which the first type is used. */
  embeddings: { words: string; positions: string; types: string; typeCount: number };
  embeddingNorm: LayerNorm;
  layers: EncoderLayer[];
  /** Names of tensors [width, width], [width]: what the first token's vector goes through, before a tanh. */
  pooler: { weight: string; bias: string };
}

/** `a = mixer(x); x = norm(channel(a) + a)` */
export interface EncoderLayer {
  mixer: BidirectionalLongConv;
  channel: BlockDiagonalGlu;
  norm: LayerNorm;
}

/**
 * M2-BERT's mixer: streams x1, x2, v are projected and each convolved shortly; then
 * `y = (h1 (*) (v x1)) x2 + h2 (*) x`, with filters that reach to both ends of the text.
 */
export interface BidirectionalLongConv {
  /** Tokens that the short, causal convolution sees. */
  convolution: number;
  filter: BidirectionalFilter;
  /** h2; absent = without the second term. */
  residual?: BidirectionalFilter;
  /** Names of the checkpoint's tensors. */
  weights: {
    inProjection: string;
    inProjectionBias: string;
    convolution: string;
    convolutionBias: string;
    outProjection: string;
    outProjectionBias: string;
  };
}

/** `y[i] = skip x[i] + sum over j <= i of before[i - j] x[j] + sum over j > i of after[j - i - 1] x[j]` */
export interface BidirectionalFilter {
  before: ImplicitFilter;
  after: ImplicitFilter;
  /** Name of the tensor [width]. */
  skip: string;
}

/**
 * `down(gelu(gate(x)) * up(x))`, all three block-diagonal: each block of inputs makes its own block of outputs. Gate and
 * up are one matrix, so that its first blocks are the gate and see the first half of the inputs only.
 */
export interface BlockDiagonalGlu {
  inner: number;
  blocks: number;
  /** Names of tensors [blocks, 2 inner / blocks, width / blocks], [blocks, width / blocks, inner / blocks], [width]. */
  weights: { gateUp: string; down: string; downBias: string };
}
