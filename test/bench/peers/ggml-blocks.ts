/** ggml's quantised blocks, made the plain way: each block's scale from its weight of largest size. */
import type { GgmlType } from './gguf';

export function packed(values: Float32Array, type: GgmlType): Uint8Array {
  switch (type) {
    case 'f32':
      return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    case 'q8_0':
      return blocks(values, 32, 34, packQ8);
    case 'q4_0':
      return blocks(values, 32, 18, packQ4);
    case 'q6_K':
      return blocks(values, 256, 210, packQ6);
  }
}

function blocks(
  values: Float32Array,
  elements: number,
  bytes: number,
  pack: (block: Float32Array, out: DataView) => void,
): Uint8Array {
  if (values.length % elements !== 0)
    throw new Error(`${values.length} weights do not fill blocks of ${elements}`);
  const count = values.length / elements;
  const out = new Uint8Array(count * bytes);
  for (let i = 0; i < count; i++)
    pack(values.subarray(i * elements, (i + 1) * elements), new DataView(out.buffer, i * bytes, bytes));
  return out;
}

/** A half-precision scale, then one signed byte for each weight. */
function packQ8(block: Float32Array, out: DataView): void {
  const scale = Math.abs(extreme(block)) / 127;
  setHalf(out, 0, scale);
  for (let i = 0; i < 32; i++) out.setInt8(2 + i, scaled(block[i]!, scale, -127, 127));
}

/** A half-precision scale, then 16 bytes: the first half of the block in the low nibbles, the second in the high. */
function packQ4(block: Float32Array, out: DataView): void {
  const scale = extreme(block) / -8;
  setHalf(out, 0, scale);
  for (let i = 0; i < 16; i++) {
    const low = scaled(block[i]!, scale, -8, 7) + 8;
    const high = scaled(block[i + 16]!, scale, -8, 7) + 8;
    out.setUint8(2 + i, low | (high << 4));
  }
}

/**
 * 256 weights of 6 bits with 16 scales of 8 bits and one of half precision: 128 bytes of low nibbles, 64 bytes of
 * high bits, 16 scales, the scale of scales. Weights go in two halves of four runs of 32.
 */
function packQ6(block: Float32Array, out: DataView): void {
  const scales = Array.from({ length: 16 }, (_, i) => extreme(block.subarray(i * 16, i * 16 + 16)) / -32);
  const largest = scales.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
  const unit = largest / -128;
  setHalf(out, 208, unit);
  const stored = scales.map((scale) => scaled(scale, unit, -128, 127));
  for (const [i, scale] of stored.entries()) out.setInt8(192 + i, scale);
  const weight = (i: number) => scaled(block[i]!, unit * stored[i >> 4]!, -32, 31) + 32;
  for (let half = 0; half < 2; half++)
    for (let i = 0; i < 32; i++) {
      const [a, b, c, d] = [0, 32, 64, 96].map((run) => weight(half * 128 + run + i));
      out.setUint8(half * 64 + i, (a! & 15) | ((c! & 15) << 4));
      out.setUint8(half * 64 + 32 + i, (b! & 15) | ((d! & 15) << 4));
      out.setUint8(128 + half * 32 + i, (a! >> 4) | ((b! >> 4) << 2) | ((c! >> 4) << 4) | ((d! >> 4) << 6));
    }
}

/** The value of largest size, with its sign. */
function extreme(values: Float32Array): number {
  let found = 0;
  for (const value of values) if (Math.abs(value) > Math.abs(found)) found = value;
  return found;
}

function scaled(value: number, scale: number, low: number, high: number): number {
  return scale === 0 ? 0 : Math.max(low, Math.min(high, Math.round(value / scale)));
}

/** IEEE 754 half precision, rounded to nearest; what is too small for it becomes 0. */
export function toHalf(value: number): number {
  const bits = new DataView(new ArrayBuffer(4));
  bits.setFloat32(0, value);
  const whole = bits.getUint32(0);
  const sign = (whole >>> 16) & 0x8000;
  const exponent = ((whole >>> 23) & 255) - 112;
  const fraction = whole & 0x7fffff;
  if (exponent >= 31) return sign | 0x7c00;
  if (exponent <= 0) {
    if (exponent < -10) return sign;
    return sign | Math.round((fraction | 0x800000) / 2 ** (14 - exponent));
  }
  // A fraction that rounds up to 1 carries into the exponent by itself.
  return sign | ((exponent << 10) + Math.round(fraction / 2 ** 13));
}

function setHalf(out: DataView, at: number, value: number): void {
  out.setUint16(at, toHalf(value), true);
}
