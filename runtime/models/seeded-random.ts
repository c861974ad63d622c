/** Numbers in [0, 1) that a seed determines (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Fills words with bits that a seed determines (xorshift32): a gigabyte in about a second. */
export function seededBits(seed: number): (words: Uint32Array) => void {
  let state = Math.imul(seed, 0x9e3779b1) || 1;
  return (words) => {
    let bits = state;
    for (let i = 0; i < words.length; i++) {
      bits ^= bits << 13;
      bits ^= bits >>> 17;
      bits ^= bits << 5;
      words[i] = bits;
    }
    state = bits;
  };
}
