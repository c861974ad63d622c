import type { Value } from '../builder';
import type { LayerContext } from '../context';
import type { Mixer } from '../layers';
import { buildMixer, mixerTensors } from '.';

/** Mixers side by side over the same input: the sum of what they give, each multiplied by its factor. */
export interface ParallelMixer {
  kind: 'parallel';
  /** At most one of each kind, as states are named after the layer. */
  parts: { mixer: Exclude<Mixer, ParallelMixer>; factor: number }[];
}

export function parallelTensors({ parts }: ParallelMixer, width: number): [name: string, shape: number[]][] {
  return parts.flatMap(({ mixer }) => mixerTensors(mixer, width));
}

export function parallel(context: LayerContext, x: Value, { parts }: ParallelMixer): Value {
  const { graph, residualFactor = 1 } = context;
  return parts
    .map(({ mixer, factor }) =>
      // Several products read the norm.
      buildMixer({ ...context, normed: false, residualFactor: residualFactor * factor }, x, mixer),
    )
    .reduce((sum, y) => graph.add(sum, y));
}
