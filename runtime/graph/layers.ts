import type { GluChannel } from './channels/glu';
import type { MlpChannel } from './channels/mlp';
import type { AttentionMixer } from './mixers/attention';
import type { BaseConvMixer } from './mixers/base-conv';
import type { GatedLongConvMixer } from './mixers/gated-long-conv';
import type { LinearAttentionMixer } from './mixers/linear-attention';
import type { SelectiveScanMixer } from './mixers/selective-scan';
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
  layers: Layer[];
  finalNorm: Norm;
}

/** `x += mixer(mixerNorm(x)); x += channel(channel.norm(x))` */
export interface Layer {
  mixerNorm: Norm;
  mixer: Mixer;
  /** Absent in families whose layers are a mixer alone, as Mamba's. */
  channel?: Channel & { norm: Norm };
}

export type Mixer =
  SsdMixer | SelectiveScanMixer | BaseConvMixer | LinearAttentionMixer | GatedLongConvMixer | AttentionMixer;
export type Channel = GluChannel | MlpChannel;
