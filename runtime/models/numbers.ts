/** Element types of checkpoints, under the names that safetensors gives them, with their size in bytes. */
export const elementBytes = {
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  U8: 1,
  I8: 1,
  BOOL: 1,
  F64: 8,
} as const;
export type ElementName = keyof typeof elementBytes;

/** Little-endian numbers with a fraction in float32, exact from BF16 and F16; undefined for whole numbers. */
export function toFloat32(type: ElementName, bytes: Uint8Array<ArrayBuffer>): Float32Array | undefined {
  const { buffer } = bytes;
  switch (type) {
    case 'F32':
      return new Float32Array(buffer);
    case 'BF16':
      return fromBfloat16(new Uint16Array(buffer));
    case 'F16':
      return fromHalf(new Uint16Array(buffer));
    case 'F64':
      return Float32Array.from(new Float64Array(buffer));
    default:
      return undefined;
  }
}

function fromBfloat16(source: Uint16Array): Float32Array {
  const bits = new Uint32Array(source.length);
  for (let i = 0; i < source.length; i++) bits[i] = source[i]! << 16;
  return new Float32Array(bits.buffer);
}

function fromHalf(source: Uint16Array): Float32Array {
  const values = new Float32Array(source.length);
  for (let i = 0; i < source.length; i++) values[i] = halfToNumber(source[i]!);
  return values;
}

/** IEEE 754 half precision. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
