/** Numbers in IEEE 754 half precision, each rounded to the nearest, to the even one of two that are as near. */
export function toHalf(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, halfOf);
}

/** @param bits of a number in single precision */
function halfOf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 255) - 112;
  const fraction = bits & 0x7fffff;
  if (exponent >= 31) return sign | 0x7c00 | (exponent === 143 && fraction ? 0x200 : 0);
  if (exponent > 0) return sign | rounded((exponent << 23) | fraction, 13);
  // Below the smallest normal number, whose leading 1 is not written, it is.
  return exponent < -10 ? sign : sign | rounded(fraction | 0x800000, 14 - exponent);
}

/** A carry out of the fraction counts the exponent up, as it should. */
function rounded(bits: number, drop: number): number {
  const kept = bits >>> drop;
  const rest = bits & ((1 << drop) - 1);
  const half = 1 << (drop - 1);
  return kept + (rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0);
}
