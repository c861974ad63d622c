/** IEEE 754 half precision, as saved states use it: 2 bytes a number, relative error at most 2^-11. */

/** Smallest bits of a float32 that rounds to infinity in half precision. */
const overflow = 0x477ff000;
/** Bits of 2^-14, the smallest normal half. */
const smallestNormal = 0x38800000;
/** Largest bits that round to zero: 2^-25 itself goes to the even neighbour. */
const underflow = 0x33000000;

/** To the nearest half, ties to even; undefined where a number has none: it is not finite, or above 65,504. */
export function toHalf(data: Float32Array): Uint16Array | undefined {
  const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
  const halves = new Uint16Array(data.length);
  for (let i = 0; i < bits.length; i++) {
    const sign = (bits[i]! >>> 16) & 0x8000;
    const magnitude = bits[i]! & 0x7fffffff;
    if (magnitude >= overflow) return undefined;
    halves[i] = sign | (magnitude >= smallestNormal ? normal(magnitude) : subnormal(magnitude));
  }
  return halves;
}

export function fromHalf(halves: Uint16Array): Float32Array {
  table ??= Float32Array.from({ length: 0x10000 }, (_, half) => valueOf(half));
  const data = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) data[i] = table[halves[i]!]!;
  return data;
}

/** Every half's value. */
let table: Float32Array | undefined;

function normal(magnitude: number): number {
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return (rounded - 0x38000000) >>> 13;
}

/** In units of 2^-24. */
function subnormal(magnitude: number): number {
  if (magnitude <= underflow) return 0;
  const shift = 126 - (magnitude >>> 23);
  const mantissa = (magnitude & 0x7fffff) | 0x800000;
  const whole = mantissa >>> shift;
  const rest = mantissa & ((1 << shift) - 1);
  const tie = 1 << (shift - 1);
  return rest > tie || (rest === tie && (whole & 1) === 1) ? whole + 1 : whole;
}

function valueOf(half: number): number {
  const exponent = (half >>> 10) & 0x1f;
  const mantissa = half & 0x3ff;
  const sign = half & 0x8000 ? -1 : 1;
  if (exponent === 0x1f) return mantissa === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  return sign * (1024 + mantissa) * 2 ** (exponent - 25);
}
