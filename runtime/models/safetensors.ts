import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../protocol/errors';

/** Element types of the format that models use, with their size in bytes. */
export const elementBytes = {
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  U8: 1,
  I8: 1,
  BOOL: 1,
  F64: 8,
} as const;
export type SafetensorsType = keyof typeof elementBytes;

export interface TensorEntry {
  type: SafetensorsType;
  shape: number[];
  /** Offsets in the file. */
  start: number;
  end: number;
}

/** Where a model's weights come from: a file, or whatever else gives tensors by name. */
export interface Checkpoint {
  readonly tensors: ReadonlyMap<string, Pick<TensorEntry, 'shape'>>;
  float32(name: string): Float32Array;
}

/** Headers beyond this are refused, as the reference implementation does. */
const largestHeader = 100_000_000;

/**
 * A safetensors file, its header read and checked, its tensors read one by one when asked for.
 * Every size and offset of the header is checked against the file before it is used.
 */
export class SafetensorsFile {
  private constructor(
    readonly file: string,
    private readonly descriptor: number,
    readonly tensors: ReadonlyMap<string, TensorEntry>,
    readonly metadata: Readonly<Record<string, string>>,
  ) {}

  /** @throws UserError where the file is missing, cut short, or no safetensors file */
  static open(file: string): SafetensorsFile {
    let descriptor: number;
    try {
      descriptor = openSync(file, 'r');
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      const problem = missing ? 'is missing' : `cannot be read (${(error as Error).message})`;
      throw new UserError(`${file} ${problem}. Install or download the model again.`, { cause: error });
    }
    try {
      const size = fstatSync(descriptor).size;
      const { tensors, metadata } = readHeader(descriptor, size, file);
      return new SafetensorsFile(file, descriptor, tensors, metadata);
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  close(): void {
    closeSync(this.descriptor);
  }

  entry(name: string): TensorEntry {
    const entry = this.tensors.get(name);
    if (!entry)
      throw new UserError(`${this.file} holds no tensor "${name}". Install or download the model again.`);
    return entry;
  }

  /** The tensor's bytes as stored. */
  bytes(name: string): Uint8Array {
    const { start, end } = this.entry(name);
    return readExactly(this.descriptor, start, end - start, this.file);
  }

  /** The tensor in float32; exact from BF16 and F16. */
  float32(name: string): Float32Array {
    const { type } = this.entry(name);
    const { buffer } = this.bytes(name);
    switch (type) {
      case 'F32':
        return new Float32Array(buffer);
      case 'BF16':
        return fromBfloat16(new Uint16Array(buffer));
      case 'F16':
        return Float32Array.from(new Uint16Array(buffer), halfToNumber);
      case 'F64':
        return Float32Array.from(new Float64Array(buffer));
      default:
        throw new UserError(
          `${this.file}: the tensor "${name}" is of type ${type}, but numbers with a fraction (F32, BF16, F16) are needed. ` +
            'Install or download the model again in its original form.',
        );
    }
  }

  /** The tensor's whole numbers. */
  integers(name: string): number[] {
    const { type } = this.entry(name);
    const { buffer } = this.bytes(name);
    if (type === 'I64') return Array.from(new BigInt64Array(buffer), Number);
    if (type === 'I32') return Array.from(new Int32Array(buffer));
    throw new UserError(
      `${this.file}: the tensor "${name}" is of type ${type}, but whole numbers are needed.`,
    );
  }
}

function readHeader(descriptor: number, fileSize: number, file: string) {
  const broken = (why: string) =>
    new UserError(
      `${path.basename(file)} in ${path.dirname(file)} is damaged: ${why}. Install or download the model again.`,
    );
  if (fileSize < 8) throw broken('it is shorter than its header');
  const prefix = readExactly(descriptor, 0, 8, file);
  const length = new DataView(prefix.buffer).getBigUint64(0, true);
  if (length > BigInt(largestHeader) || 8n + length > BigInt(fileSize))
    throw broken(`its header claims ${length} bytes, the file has ${fileSize}`);
  const dataStart = 8 + Number(length);
  const header = parseObject(readExactly(descriptor, 8, Number(length), file));
  if (!header) throw broken('its header is no JSON object');

  const tensors = new Map<string, TensorEntry>();
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') {
      metadata = value as Record<string, string>;
      continue;
    }
    tensors.set(name, checkedEntry(name, value, dataStart, fileSize, broken));
  }
  const ordered = [...tensors].sort(([, a], [, b]) => a.start - b.start || a.end - b.end);
  for (let i = 1; i < ordered.length; i++)
    if (ordered[i]![1].start < ordered[i - 1]![1].end)
      throw broken(`the tensors "${ordered[i - 1]![0]}" and "${ordered[i]![0]}" overlap`);
  return { tensors, metadata };
}

function checkedEntry(
  name: string,
  value: unknown,
  dataStart: number,
  fileSize: number,
  broken: (why: string) => UserError,
): TensorEntry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  const label = `the tensor "${name.slice(0, 100)}"`;
  if (typeof dtype !== 'string' || !Object.hasOwn(elementBytes, dtype))
    throw broken(`${label} is of the unknown type ${JSON.stringify(dtype)}`);
  const size = (item: unknown): item is number => Number.isSafeInteger(item) && (item as number) >= 0;
  if (!Array.isArray(shape) || !shape.every(size)) throw broken(`${label} has no valid shape`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(size))
    throw broken(`${label} has no valid offsets`);
  const [start, end] = offsets as [number, number];
  const type = dtype as SafetensorsType;
  const bytes = shape.reduce((product, item) => product * item, elementBytes[type] as number);
  if (end - start !== bytes) throw broken(`${label} takes ${end - start} bytes, its shape needs ${bytes}`);
  if (dataStart + end > fileSize) throw broken(`${label} reaches beyond the end: the file is cut short`);
  return { type, shape, start: dataStart + start, end: dataStart + end };
}

function parseObject(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function readExactly(descriptor: number, at: number, length: number, file: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const count = readSync(descriptor, bytes, done, length - done, at + done);
    if (count === 0)
      throw new UserError(`${file} ended while it was read. Install or download the model again.`);
    done += count;
  }
  return bytes;
}

function fromBfloat16(source: Uint16Array): Float32Array {
  const bits = new Uint32Array(source.length);
  for (let i = 0; i < source.length; i++) bits[i] = source[i]! << 16;
  return new Float32Array(bits.buffer);
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
