import { expect, test } from 'vitest';
import { halfToNumber } from '../../../runtime/models/numbers';
import { packed, toHalf } from '../../bench/peers/ggml-blocks';

const values = Float32Array.from({ length: 512 }, (_, i) => Math.sin(i * 1.3) * (i < 256 ? 0.02 : 3));

const restore = {
  q8_0: (bytes: DataView, i: number) => {
    const at = Math.floor(i / 32) * 34;
    return halfToNumber(bytes.getUint16(at, true)) * bytes.getInt8(at + 2 + (i % 32));
  },
  q4_0: (bytes: DataView, i: number) => {
    const at = Math.floor(i / 32) * 18;
    const byte = bytes.getUint8(at + 2 + (i % 16));
    return halfToNumber(bytes.getUint16(at, true)) * ((i % 32 < 16 ? byte & 15 : byte >> 4) - 8);
  },
  q6_K: (bytes: DataView, i: number) => {
    const at = Math.floor(i / 256) * 210;
    const [half, run, place] = [(i >> 7) & 1, (i >> 5) & 3, i & 31];
    const low = bytes.getUint8(at + half * 64 + (run & 1) * 32 + place) >> (run >= 2 ? 4 : 0);
    const high = bytes.getUint8(at + 128 + half * 32 + place) >> (2 * run);
    const scale = bytes.getInt8(at + 192 + ((i & 255) >> 4));
    return halfToNumber(bytes.getUint16(at + 208, true)) * scale * (((low & 15) | ((high & 3) << 4)) - 32);
  },
};

test.each([
  ['q8_0', 34 / 32, 1 / 120],
  ['q4_0', 18 / 32, 1 / 7],
  ['q6_K', 210 / 256, 1 / 28],
] as const)('%s: every weight comes back within a step', (type, bytesPerWeight, step) => {
  const bytes = packed(values, type);
  expect(bytes.length).toBe(values.length * bytesPerWeight);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const [i, value] of values.entries()) {
    const largest = i < 256 ? 0.02 : 3;
    expect(Math.abs(restore[type](view, i) - value)).toBeLessThanOrEqual(largest * step);
  }
});

test('half precision is rounded to nearest, small numbers and carries included', () => {
  for (const value of [0, 1, -2, 0.1, 65504, 6.1e-5, 5.9e-8, 3e-6, 0.99999])
    expect(Math.abs(halfToNumber(toHalf(value)) - value)).toBeLessThanOrEqual(Math.abs(value) / 2048 + 3e-8);
  expect(halfToNumber(toHalf(1e6))).toBe(Infinity);
});
