/** Writer of GGUF files, version 3: just what a model for measurements needs. */
import { closeSync, openSync, writeSync } from 'node:fs';

/** Element types by ggml's numbers, with the elements and bytes of a block. */
export const ggmlTypes = {
  f32: { id: 0, elements: 1, bytes: 4 },
  q4_0: { id: 2, elements: 32, bytes: 18 },
  q8_0: { id: 8, elements: 32, bytes: 34 },
  q6_K: { id: 14, elements: 256, bytes: 210 },
} as const;
export type GgmlType = keyof typeof ggmlTypes;

export interface GgufTensor {
  name: string;
  type: GgmlType;
  /** Row-major, as elsewhere; GGUF writes it the other way round. */
  shape: number[];
  /** Made when it is written. */
  bytes(): Uint8Array;
}

export type GgufValue = string | string[] | { uint32: number } | { float32: number };

const alignment = 32;

export function writeGguf(
  file: string,
  metadata: Readonly<Record<string, GgufValue>>,
  tensors: readonly GgufTensor[],
): void {
  const header = new Bytes();
  header.text('GGUF').uint32(3).uint64(tensors.length).uint64(Object.keys(metadata).length);
  for (const [key, value] of Object.entries(metadata)) {
    header.string(key);
    if (typeof value === 'string') header.uint32(8).string(value);
    else if (Array.isArray(value)) {
      header.uint32(9).uint32(8).uint64(value.length);
      for (const item of value) header.string(item);
    } else if ('uint32' in value) header.uint32(4).uint32(value.uint32);
    else header.uint32(6).float32(value.float32);
  }
  let offset = 0;
  for (const { name, type, shape } of tensors) {
    header.string(name).uint32(shape.length);
    for (const size of [...shape].reverse()) header.uint64(size);
    header.uint32(ggmlTypes[type].id).uint64(offset);
    offset += aligned(tensorBytes(type, shape));
  }
  const descriptor = openSync(file, 'w');
  try {
    const start = header.finish();
    writePadded(descriptor, start, aligned(start.length));
    for (const tensor of tensors) {
      const bytes = tensor.bytes();
      const expected = tensorBytes(tensor.type, tensor.shape);
      if (bytes.length !== expected)
        throw new Error(`${tensor.name} came with ${bytes.length} bytes instead of ${expected}`);
      writePadded(descriptor, bytes, aligned(expected));
    }
  } finally {
    closeSync(descriptor);
  }
}

function tensorBytes(type: GgmlType, shape: readonly number[]): number {
  const { elements, bytes } = ggmlTypes[type];
  return (shape.reduce((product, size) => product * size, 1) / elements) * bytes;
}

const aligned = (length: number) => Math.ceil(length / alignment) * alignment;

function writePadded(descriptor: number, bytes: Uint8Array, length: number): void {
  for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done);
  writeSync(descriptor, new Uint8Array(length - bytes.length));
}

class Bytes {
  private readonly parts: Buffer[] = [];

  text(value: string): this {
    this.parts.push(Buffer.from(value, 'utf8'));
    return this;
  }

  string(value: string): this {
    return this.uint64(Buffer.byteLength(value)).text(value);
  }

  uint32(value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    this.parts.push(bytes);
    return this;
  }

  uint64(value: number): this {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(value));
    this.parts.push(bytes);
    return this;
  }

  float32(value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value);
    this.parts.push(bytes);
    return this;
  }

  finish(): Uint8Array {
    return Buffer.concat(this.parts);
  }
}
