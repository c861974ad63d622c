import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PytorchFile } from '../../../runtime/models/pytorch/pytorch-file';
import { UserError } from '../../../runtime/protocol/errors';
import { fixtures, temporaryFolder } from '../fixtures/model-folder';
import { archive, pickleOf, plainTensor, torchArchive, torchEntries } from '../fixtures/torch-archive';

let folder: ReturnType<typeof temporaryFolder>;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => folder.remove());

const bytesOf = (view: ArrayBufferView) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
const six = bytesOf(Float32Array.of(1, 2, 3, 4, 5, 6));
const matrix = plainTensor('0', 'F32', [2, 3]);

function opened(bytes: Uint8Array): PytorchFile {
  const file = path.join(folder.path, 'case.bin');
  writeFileSync(file, bytes);
  return PytorchFile.open(file);
}

test('what PyTorch itself wrote is read to the last bit', () => {
  const fixture = path.join(fixtures, 'torch-state.bin');
  const json = readFileSync(path.join(fixtures, 'torch-state.json'), 'utf8');
  const { 'n.num_batches_tracked': steps, ...expected } = JSON.parse(json) as Record<string, number[]>;
  expect(steps).toEqual([0]);
  const file = PytorchFile.open(fixture);
  expect(file.tensors.size).toBe(15);
  for (const [name, values] of Object.entries(expected))
    expect([...file.float32(name)], name).toEqual(values.map(Math.fround));
  expect(() => file.float32('n.num_batches_tracked')).toThrow(/whole numbers/);
  file.close();
});

test('tensors of all widths, shared, cut out and transposed', () => {
  const file = opened(
    torchArchive(
      pickleOf({
        matrix,
        tied: matrix,
        transposed: { ...matrix, shape: [3, 2], strides: [1, 3] },
        column: { ...matrix, offset: 1, shape: [2], strides: [3] },
        half: plainTensor('1', 'F16', [2]),
        brain: plainTensor('2', 'BF16', [2]),
        scalar: { ...matrix, offset: 5, shape: [], strides: [] },
        empty: { ...matrix, shape: [0, 3], strides: [3, 1] },
        steps: { ...plainTensor('3', 'F32', [1]), type: 'LongStorage' },
      }),
      {
        '0': six,
        '1': bytesOf(Uint16Array.of(0x3c00, 0xc000)),
        '2': bytesOf(Uint16Array.of(0x3f80, 0xc000)),
        '3': bytesOf(BigInt64Array.of(7n)),
      },
    ),
  );
  expect(file.tensors.get('transposed')?.shape).toEqual([3, 2]);
  const values = (name: string) => [...file.float32(name)];
  expect(values('matrix')).toEqual([1, 2, 3, 4, 5, 6]);
  expect(values('tied')).toEqual(values('matrix'));
  expect(values('transposed')).toEqual([1, 4, 2, 5, 3, 6]);
  expect([...file.float32('transposed', 2, 5)]).toEqual([2, 5, 3]);
  expect([...file.float32('matrix', 2, 5)]).toEqual([3, 4, 5]);
  expect(values('column')).toEqual([2, 5]);
  expect(values('half')).toEqual([1, -2]);
  expect(values('brain')).toEqual([1, -2]);
  expect(values('scalar')).toEqual([6]);
  expect(values('empty')).toEqual([]);
  expect(() => values('steps')).toThrow(/"steps" holds whole numbers \(I64\)/);
  expect(() => values('none')).toThrow(/no tensor "none"/);
  file.close();
});

test('archives for more than 4 GB are read by their zip64 records', () => {
  const entries = torchEntries(pickleOf({ matrix }), { '0': six }).map((entry) => ({
    ...entry,
    zip64: true,
  }));
  const file = opened(archive(entries, true));
  expect([...file.float32('matrix')]).toEqual([1, 2, 3, 4, 5, 6]);
  file.close();
});

const latin = (text: string) => Buffer.from(text, 'latin1');
const withPickle = (pickle: Uint8Array) => torchArchive(pickle, { '0': six });
const valid = () => torchEntries(pickleOf({ matrix }), { '0': six });
const changed = (name: string, change: object) =>
  archive(valid().map((entry) => (entry.name === `archive/${name}` ? { ...entry, ...change } : entry)));

describe('what is no file of tensors is refused by name, and nothing is run', () => {
  const cases: [string, () => Uint8Array, RegExp][] = [
    ['a call of os.system', () => withPickle(latin('cos\nsystem\n(X\x02\0\0\0lstR.')), /"os.system"/],
    ['eval', () => withPickle(latin('c__builtin__\neval\n.')), /"__builtin__.eval"/],
    ['a name of torch that is no storage', () => withPickle(latin('ctorch\nload\n.')), /"torch.load"/],
    ['an inherited name', () => withPickle(latin('ctorch\nconstructor\n.')), /"torch.constructor"/],
    ['INST', () => withPickle(latin('(ios\nsystem\n.')), /opcode 0x69 at byte 1/],
    ['OBJ', () => withPickle(latin('(o.')), /opcode 0x6f/],
    ['NEWOBJ', () => withPickle(latin('\x81.')), /opcode 0x81/],
    ['STACK_GLOBAL', () => withPickle(latin('\x93.')), /opcode 0x93/],
    ['EXT1', () => withPickle(latin('\x82\x01.')), /opcode 0x82/],
    ['another protocol', () => withPickle(latin('\x80\x04.')), /protocol 4/],
    [
      'a call of a storage',
      () => withPickle(latin('ctorch\nFloatStorage\n)R.')),
      /call of torch.FloatStorage/,
    ],
    ['no dictionary', () => withPickle(latin('K\x01.')), /something else than a dictionary/],
    ['a dictionary of numbers', () => withPickle(latin('}X\x01\0\0\0aK\x01s.')), /without tensors/],
    ['a persistent id of a file', () => withPickle(latin('X\x01\0\0\0aQ.')), /persistent id/],
    [
      'a pickle that ends early',
      () => withPickle(pickleOf({ matrix }).subarray(0, 60)),
      /end before its time/,
    ],
    [
      'a tensor beyond its storage',
      () => withPickle(pickleOf({ a: { ...matrix, offset: 1 } })),
      /\[2, 3\] that reaches beyond its storage of 6/,
    ],
    [
      'a tensor that repeats one number',
      () => withPickle(pickleOf({ a: { ...matrix, shape: [2 ** 20, 2 ** 20], strides: [0, 0] } })),
      /reaches beyond its storage/,
    ],
    [
      'a storage larger than the file',
      () => withPickle(pickleOf({ a: plainTensor('0', 'F32', [2 ** 40]) })),
      /numbers of the tensor "a" are missing or cut short/,
    ],
    [
      'a storage that is not there',
      () => withPickle(pickleOf({ a: { ...matrix, key: '7' } })),
      /numbers of the tensor "a" are missing/,
    ],
    ['a storage with a path', () => withPickle(pickleOf({ a: { ...matrix, key: '../0' } })), /without a key/],
    ['a compressed entry', () => changed('data/0', { method: 8 }), /"archive\/data\/0" .* is compressed/],
    ['an encrypted entry', () => changed('data.pkl', { flags: 1 }), /is encrypted/],
    ['a path outside', () => changed('version', { name: '../../evil' }), /leads elsewhere/],
    ['an absolute path', () => changed('version', { name: '/etc/passwd' }), /leads elsewhere/],
    ['a path of Windows', () => changed('version', { name: 'C:\\evil' }), /leads elsewhere/],
    ['the same name twice', () => changed('version', { name: 'archive/data/0' }), /"archive\/data\/0" twice/],
    ['numbers most byte first', () => changed('byteorder', { data: latin('big') }), /least byte first/],
    ['entries over one another', () => changed('data/0', { at: 0 }), /overlap|reaches beyond/],
    ['an entry outside', () => changed('data/0', { at: 2 ** 31 }), /reaches beyond its archive/],
    ['zip64 sizes that are missing', () => withHugeSize(), /lacks its zip64 sizes/],
    ['no archive', () => latin('\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.'), /no zip archive/],
    ['an empty file', () => new Uint8Array(), /no zip archive/],
    ['no pickle', () => archive([{ name: 'archive/data/0', data: six }]), /does not hold one data.pkl/],
  ];
  test.each(cases)('%s', (_, bytes, message) => {
    const open = () => opened(bytes());
    expect(open).toThrow(message);
    expect(open).toThrow(UserError);
  });
});

function withHugeSize(): Buffer {
  const bytes = archive(valid());
  const directory = bytes.readUInt32LE(bytes.length - 6);
  bytes.writeUInt32LE(0xffffffff, directory + 24);
  return bytes;
}

/** Reads all that is there. */
function readAll(bytes: Uint8Array): void {
  try {
    const file = opened(bytes);
    try {
      for (const name of file.tensors.keys()) file.float32(name);
    } finally {
      file.close();
    }
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
  }
}

test('any damage to a valid file gives a UserError or a readable file', () => {
  const whole = archive(valid());
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, value, length) => {
      const damaged = Buffer.from(whole);
      damaged[at] = value;
      readAll(damaged);
      readAll(damaged.subarray(0, length));
    }),
    { numRuns: 200 },
  );
});

test('any bytes as a pickle give a UserError or tensors', () => {
  const pickle = pickleOf({ matrix });
  const known = fc.constantFrom(...latin('}](.0)Qbtueasqh)RcXJK\x85\x86\x87'));
  fc.assert(
    fc.property(fc.array(known, { maxLength: 40 }), fc.nat(pickle.length), (bytes, at) =>
      readAll(withPickle(Buffer.concat([pickle.subarray(0, at), Buffer.from(bytes)]))),
    ),
    { numRuns: 200 },
  );
});
