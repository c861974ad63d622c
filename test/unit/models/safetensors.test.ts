import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SafetensorsFile } from '../../../runtime/models/safetensors';
import { layoutSafetensors, writeSafetensors } from '../../../runtime/models/safetensors-writer';
import { halfToNumber } from '../../../runtime/models/numbers';
import { UserError } from '../../../runtime/protocol/errors';
import { temporaryFolder } from '../fixtures/model-folder';

let folder: ReturnType<typeof temporaryFolder>;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => folder.remove());

/** A file with `header` as JSON (or as given, where it is text) and `data` bytes after it. */
function fileWith(header: unknown, data: number, claimed?: bigint): string {
  const text = typeof header === 'string' ? header : JSON.stringify(header);
  const bytes = Buffer.alloc(8 + Buffer.byteLength(text) + data);
  bytes.writeBigUInt64LE(claimed ?? BigInt(Buffer.byteLength(text)), 0);
  bytes.write(text, 8);
  const file = path.join(folder.path, 'case.safetensors');
  writeFileSync(file, bytes);
  return file;
}

const tensor = (dtype: string, shape: unknown, offsets: unknown) => ({ dtype, shape, data_offsets: offsets });

describe('a damaged or hostile file is refused with a message that names it', () => {
  const cases: [string, () => string, RegExp][] = [
    ['missing', () => path.join(folder.path, 'none.safetensors'), /is missing/],
    ['empty', () => (writeFileSync(path.join(folder.path, 'e'), ''), path.join(folder.path, 'e')), /shorter/],
    ['huge header', () => fileWith('{}', 0, 1n << 62n), /claims 4611686018427387904 bytes/],
    ['header beyond the end', () => fileWith('{}', 0, 100n), /claims 100 bytes/],
    ['no JSON', () => fileWith('{"a":', 0), /no JSON object/],
    ['a list', () => fileWith('[1]', 0), /no JSON object/],
    ['null entry', () => fileWith({ a: null }, 0), /"a" is of the unknown type/],
    ['unknown type', () => fileWith({ a: tensor('F12', [1], [0, 4]) }, 4), /unknown type "F12"/],
    ['inherited name as type', () => fileWith({ a: tensor('toString', [1], [0, 4]) }, 4), /unknown type/],
    ['negative size', () => fileWith({ a: tensor('F32', [-1], [0, 4]) }, 4), /no valid shape/],
    ['fractional size', () => fileWith({ a: tensor('F32', [1.5], [0, 6]) }, 6), /no valid shape/],
    ['one offset', () => fileWith({ a: tensor('F32', [1], [0]) }, 4), /no valid offsets/],
    ['wrong size', () => fileWith({ a: tensor('F32', [2], [0, 4]) }, 4), /takes 4 bytes, its shape needs 8/],
    [
      'overflowing shape',
      () => fileWith({ a: tensor('F32', [2 ** 50, 2 ** 50], [0, 4]) }, 4),
      /takes 4 bytes/,
    ],
    ['cut short', () => fileWith({ a: tensor('F32', [2], [0, 8]) }, 4), /cut short/],
    [
      'overlap',
      () => fileWith({ a: tensor('F32', [2], [0, 8]), b: tensor('F32', [1], [4, 8]) }, 8),
      /"a" and "b" overlap/,
    ],
  ];
  test.each(cases)('%s', (_, file, message) => {
    const open = () => SafetensorsFile.open(file());
    expect(open).toThrow(message);
    expect(open).toThrow(UserError);
  });

  test('any damage to a valid file gives a UserError or a readable file', () => {
    const layout = layoutSafetensors([{ name: 'a', type: 'F32', shape: [4] }], { made: 'here' });
    const whole = path.join(folder.path, 'whole.safetensors');
    writeSafetensors(whole, layout, () => new Float32Array(4));
    const bytes = readFileSync(whole);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(bytes.length), (at, value, length) => {
        const damaged = Buffer.from(bytes.subarray(0, length));
        if (at < length) damaged[at] = value;
        const file = path.join(folder.path, 'damaged.safetensors');
        writeFileSync(file, damaged);
        try {
          const opened = SafetensorsFile.open(file);
          for (const name of opened.tensors.keys()) expect(opened.bytes(name)).toBeInstanceOf(Uint8Array);
          opened.close();
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
      { numRuns: 150 },
    );
  });
});

test('what is written is read back, and data starts aligned', () => {
  const plans = [
    { name: 'odd', type: 'U8', shape: [3] },
    { name: 'matrix', type: 'F32', shape: [4, 16] },
    { name: 'scales', type: 'F32', shape: [3] },
    { name: 'ids', type: 'I64', shape: [2] },
  ] as const;
  const content: Record<string, ArrayBufferView> = {
    odd: Uint8Array.of(1, 2, 3),
    matrix: Float32Array.from({ length: 64 }, (_, i) => i / 7),
    scales: Float32Array.of(1.5, -2, 0),
    ids: BigInt64Array.of(-1n, 2n ** 40n),
  };
  const layout = layoutSafetensors(plans, { precision: 'test' });
  const file = path.join(folder.path, 'round.safetensors');
  writeSafetensors(file, layout, (name) => content[name]!);
  const read = SafetensorsFile.open(file);
  expect(read.metadata).toEqual({ precision: 'test' });
  expect(read.float32('matrix')).toEqual(content.matrix);
  expect(read.float32('scales')).toEqual(content.scales);
  expect([...read.bytes('odd')]).toEqual([1, 2, 3]);
  expect(read.integers('ids')).toEqual([-1, 2 ** 40]);
  expect(() => read.float32('odd')).toThrow(/type U8/);
  expect(() => read.bytes('none')).toThrow(/no tensor "none"/);
  for (const { offset, length } of layout.tensors)
    if (length % 64 === 0) expect(offset % 64, 'whole lines of memory').toBe(0);
  expect(read.entry('scales').start % 4).toBe(0);
  read.close();
});

test('bfloat16 and half precision become the same numbers in float32', () => {
  const layout = layoutSafetensors(
    [
      { name: 'bf', type: 'BF16', shape: [3] },
      { name: 'half', type: 'F16', shape: [4] },
    ],
    {},
  );
  const file = path.join(folder.path, 'narrow.safetensors');
  writeSafetensors(file, layout, (name) =>
    name === 'bf' ? Uint16Array.of(0x3f80, 0xc000, 0x3dcd) : Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff),
  );
  const read = SafetensorsFile.open(file);
  expect([...read.float32('bf')]).toEqual([1, -2, 0.10009765625]);
  expect([...read.float32('half')]).toEqual([1, -2, 2 ** -24, 65504]);
  read.close();
  expect(halfToNumber(0xfc00)).toBe(-Infinity);
  expect(halfToNumber(0x7e00)).toBeNaN();
});
