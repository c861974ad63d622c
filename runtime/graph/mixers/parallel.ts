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
  const { graph } = context;
  return parts
    .map(({ mixer, factor }) => {
      const y = buildMixer(context, x, mixer);
      return factor === 1 ? y : graph.mul(y, graph.float(factor));
    })
    .reduce((sum, y) => graph.add(sum, y));
}
