import { describedTensors, type Described } from '../architectures';
import { usualReach } from '../graph/drawn';
import type { Checkpoint } from './checkpoint';
import { seededBits, seededRandom } from './seeded-random';

/**
 * Weights as before any training, the same for the same seed, made one tensor at a time when asked for. Sizes are
 * those of the usual initialisations, so that numbers stay as ordinary as in a trained model.
 */
export function randomCheckpoint(model: Described, seed: number): Checkpoint {
  const shapes = describedTensors(model);
  // Large tensors are asked for in parts, one after the other.
  let last: { name: string; values: Float32Array } | undefined;
  return {
    tensors: new Map([...shapes].map(([name, shape]) => [name, { shape }])),
    float32(name, from, to) {
      const shape = shapes.get(name);
      if (!shape) throw new Error(`A ${model.family} has no tensor "${name}"`);
      if (last?.name !== name)
        last = { name, values: randomTensor(name, shape, seededRandom(hash(name) ^ seed)) };
      return last.values.subarray(from, to);
    },
  };
}

/** The same for measurements of speed: quantised matrices are other ones, but made a hundred times as fast. */
export function drawnCheckpoint(model: Described, seed: number): Checkpoint {
  return { ...randomCheckpoint(model, seed), bits: (stored) => seededBits(hash(stored) ^ seed) };
}

function randomTensor(name: string, shape: readonly number[], random: () => number): Float32Array {
  const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
  const fill = (value: () => number) => {
    for (let i = 0; i < data.length; i++) data[i] = value();
    return data;
  };
  const between = (low: number, high: number) => low + (high - low) * random();
  if (name.endsWith('A_log')) return fill(() => Math.log(between(1, 16)));
  // Softplus of it lies between 0.001 and 0.1, evenly by size.
  if (/dt_bias$|dt_proj\.bias$/.test(name)) return fill(() => Math.log(Math.expm1(0.001 * 100 ** random())));
  // Of implicit filters: features of positions, the positions from 0 to 1, and how fast a filter fades.
  if (name.endsWith('pos_emb.z')) return fill(() => between(-1, 1));
  if (name.endsWith('pos_emb.t')) return data.map((_, t) => t / Math.max(1, data.length - 1));
  if (name.endsWith('deltas')) return fill(() => between(3, 15));
  if (name.endsWith('freq')) return fill(() => between(1, 3));
  if (name.endsWith('poles')) return fillPoles(data, between);
  if (name.endsWith('bias')) return fill(() => between(-0.1, 0.1));
  if (shape.length === 1) return fill(() => between(0.9, 1.1));
  const reach = usualReach(shape.at(-1)!);
  return fill(() => between(-reach, reach));
}

/** Real and imaginary parts in turn, all within the unit circle: what a pole stands for fades. */
function fillPoles(data: Float32Array, between: (low: number, high: number) => number): Float32Array {
  for (let i = 0; i < data.length; i += 2) {
    const [size, angle] = [between(0.3, 0.99), between(-Math.PI, Math.PI)];
    data.set([size * Math.cos(angle), size * Math.sin(angle)], i);
  }
  return data;
}

/** FNV-1a: every tensor gets numbers of its own, whatever the order in which they are made. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value;
}
