import { blocks } from './blocks';
import type { ModalFilter } from './modal-convolution';
import type { StoredTensor } from './stored-tensors';

/** Tokens that the tables of a filter reach: a run of any number at most, or one chunk of a block. */
export const modalChunk = blocks.multiple;
export const mostChunks = blocks.longest / modalChunk;

/** A power of a channel's pole of some mode: `pole^exponent = x + i y`. */
type EachPower = (exponent: number, channel: number, mode: number, x: number, y: number) => void;

/** `pole^t` for t from 0 to `modalChunk` [powers, modes, 2, channels], multiplied in float64. */
export function powers(name: string, filter: ModalFilter, channels: number): StoredTensor {
  const { modes, poles } = filter;
  const count = modalChunk + 1;
  const make: StoredTensor['make'] = (read) => {
    const all = new Float32Array(count * modes * 2 * channels);
    eachPower(read(poles), count, channels, modes, (t, channel, mode, x, y) => {
      const at = (t * modes + mode) * 2 * channels + channel;
      all[at] = x;
      all[at + channels] = y;
    });
    return all;
  };
  return { name, type: 'float32', shape: [count, modes, 2, channels], make };
}

/**
 * `h[t] = Re(sum residue pole^t)` as a kernel [channels, 1, modalChunk], the current token's weight last: with `skip`, what passes the
 * filter by.
 */
export function responseKernel(
  name: string,
  filter: ModalFilter,
  channels: number,
  skip: string,
): StoredTensor {
  const { modes, poles, residues } = filter;
  const length = modalChunk;
  const make: StoredTensor['make'] = (read) => {
    const residue = read(residues);
    const sums = new Float64Array(channels * length);
    for (const [channel, weight] of read(skip).entries()) sums[channel * length + length - 1] = weight;
    eachPower(read(poles), length, channels, modes, (t, channel, mode, x, y) => {
      const at = 2 * (channel * modes + mode);
      sums[channel * length + length - 1 - t]! += residue[at]! * x - residue[at + 1]! * y;
    });
    return Float32Array.from(sums);
  };
  return { name, type: 'float32', shape: [channels, 1, length], make };
}

/**
 * What a state is worth n chunks later, `pole^(n modalChunk)`, as a kernel over chunks [channels * modes * 2, 2, chunks + 1], the
 * current chunk's weight last: a complex product takes both parts of a mode to both.
 */
export function chunkKernel(name: string, filter: ModalFilter, channels: number): StoredTensor {
  const { modes, poles } = filter;
  const size = mostChunks + 1;
  const make: StoredTensor['make'] = (read) => {
    const all = new Float32Array(channels * modes * 4 * size);
    const chunkPoles = raised(read(poles), modalChunk);
    eachPower(chunkPoles, size, channels, modes, (n, channel, mode, x, y) => {
      for (const [part, value] of [x, -y, y, x].entries())
        all[(4 * (channel * modes + mode) + part + 1) * size - 1 - n] = value;
    });
    return all;
  };
  return { name, type: 'float32', shape: [channels * modes * 2, 2, size], make };
}

/** A tensor [channels, modes, 1, 2] of the checkpoint as [1, modes, 2, channels]. */
export function modesAsRows(
  name: string,
  tensor: string,
  { modes }: ModalFilter,
  channels: number,
): StoredTensor {
  const make: StoredTensor['make'] = (read) => {
    const source = read(tensor);
    return source.map((_, i) => source[(i % channels) * 2 * modes + Math.floor(i / channels)]!);
  };
  return { name, type: 'float32', shape: [1, modes, 2, channels], make };
}

/** One part of each complex number of such a tensor, 0 the real and 1 the imaginary one: [modes, channels]. */
export function modePart(
  name: string,
  tensor: string,
  { modes }: ModalFilter,
  channels: number,
  part: number,
): StoredTensor {
  const make: StoredTensor['make'] = (read) => {
    const source = read(tensor);
    const at = (i: number) => ((i % channels) * modes + Math.floor(i / channels)) * 2 + part;
    return Float32Array.from({ length: modes * channels }, (_, i) => source[at(i)]!);
  };
  return { name, type: 'float32', shape: [modes, channels], make };
}

/**
 * What a channel's state and the token behind it give, `Re(sum residue (pole s + u)) + skip u`, as a kernel
 * [channels, 1, 2 modes + 1], the token's weight last.
 */
export function stateKernel(name: string, filter: ModalFilter, channels: number, skip: string): StoredTensor {
  const { modes, poles, residues } = filter;
  const size = 2 * modes + 1;
  const make: StoredTensor['make'] = (read) => {
    const [pole, residue, ofToken] = [read(poles), read(residues), read(skip)];
    const all = new Float32Array(channels * size);
    for (let channel = 0; channel < channels; channel++) {
      let sum = ofToken[channel]!;
      for (let mode = 0; mode < modes; mode++) {
        const at = 2 * (channel * modes + mode);
        const [a, b, c, d] = [pole[at]!, pole[at + 1]!, residue[at]!, residue[at + 1]!];
        all.set([c * a - d * b, -(c * b + d * a)], channel * size + 2 * mode);
        sum += c;
      }
      all[(channel + 1) * size - 1] = sum;
    }
    return all;
  };
  return { name, type: 'float32', shape: [channels, 1, size], make };
}

/** Each of the complex numbers to a power of two. */
function raised(numbers: Float32Array, exponent: number): Float64Array {
  const all = Float64Array.from(numbers);
  for (let power = 1; power < exponent; power *= 2)
    for (let at = 0; at < all.length; at += 2) {
      const [x, y] = [all[at]!, all[at + 1]!];
      all[at] = x * x - y * y;
      all[at + 1] = 2 * x * y;
    }
  return all;
}

function eachPower(
  pole: Float32Array | Float64Array,
  count: number,
  channels: number,
  modes: number,
  give: EachPower,
): void {
  for (let channel = 0; channel < channels; channel++)
    for (let mode = 0; mode < modes; mode++) {
      const at = 2 * (channel * modes + mode);
      let [x, y] = [1, 0];
      for (let t = 0; t < count; t++) {
        give(t, channel, mode, x, y);
        [x, y] = [x * pole[at]! - y * pole[at + 1]!, x * pole[at + 1]! + y * pole[at]!];
      }
    }
}
