/**
 * Random weights in the form they are stored in: billions of numbers that are drawn in float32 and then quantised take minutes,
 * their bytes seconds.
 */

/** Fills words with random bits. */
export type RandomBits = (words: Uint32Array) => void;

/** Every value as likely as any other. */
export function drawnBytes(count: number, fill: RandomBits): Uint8Array {
  const words = new Uint32Array(Math.ceil(count / 4));
  fill(words);
  return new Uint8Array(words.buffer, 0, count);
}

/**
 * All of the size that weights of `levels` values on each side of zero need to lie evenly within the usual bounds of a matrix with
 * so many columns. Their signs are random: quantised values reach one further below zero than above, which must not add up.
 */
export function drawnScales(count: number, columns: number, levels: number, fill: RandomBits): Float32Array {
  const scales = new Float32Array(count);
  const words = new Uint32Array(scales.buffer);
  fill(words);
  const size = new Uint32Array(Float32Array.of(usualReach(columns) / levels).buffer)[0]!;
  for (let i = 0; i < count; i++) words[i] = size | (words[i]! & signBit);
  return scales;
}

const signBit = 0x80000000;

/** Bound of a matrix's weights that keeps what goes through it as large as it was. */
export function usualReach(columns: number): number {
  return Math.sqrt(3 / columns);
}
