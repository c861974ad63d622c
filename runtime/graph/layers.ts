import type { GluChannel } from './channels/glu';
import type { MlpChannel } from './channels/mlp';
import type { MoeChannel } from './channels/moe';
import type { AttentionMixer } from './mixers/attention';
import type { BaseConvMixer } from './mixers/base-conv';
import type { GatedLongConvMixer } from './mixers/gated-long-conv';
import type { LinearAttentionMixer } from './mixers/linear-attention';
import type { GatedDeltaMixer } from './mixers/gated-delta';
import type { ParallelMixer } from './mixers/parallel';
import type { SelectiveScanMixer } from './mixers/selective-scan';
import type { ShortConvolutionMixer } from './mixers/short-convolution';
import type { SsdMixer } from './mixers/ssd';
import type { Norm } from './norm';

/** A model as a list of layers: what an architecture makes of a config, and what the graph is built from. */
export interface ModelDescription {
  family: string;
  vocabulary: number;
  /** Size of the residual stream. */
  width: number;
  /** Name of the tensor [vocabulary, width]. */
  embedding: string;
  /** Name of the head's tensor [vocabulary, width]; absent where it is the embedding's. */
  head?: string;
  /** What is looked up is multiplied by it. */
  embeddingFactor?: number;
  /** What mixers and channel mixers give is multiplied by it before it is added to the stream. */
  residualFactor?: number;
  layers: Layer[];
  finalNorm: Norm;
}

/** `x += f mixer(mixerNorm(x)); x += f channel(channel.norm(x))`, f being the model's `residualFactor` */
export interface Layer {
  mixerNorm: Norm;
  mixer: Mixer;
  /** Absent in families whose layers are a mixer alone, as Mamba's. */
  channel?: Channel & { norm: Norm };
}

export type Mixer =
  | SsdMixer
  | SelectiveScanMixer
  | BaseConvMixer
  | LinearAttentionMixer
  | GatedLongConvMixer
  | AttentionMixer
  | ShortConvolutionMixer
  | ParallelMixer
  | GatedDeltaMixer;
export type Channel = GluChannel | MlpChannel | MoeChannel;
