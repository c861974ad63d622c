import { UserError } from '../protocol/errors';
import { isRecord, recordOf } from '../protocol/json';
import type { CheckpointFile } from './checkpoint';
import { elementBytes, toFloat32, type ElementName } from './numbers';
import { WeightsSource } from './weights-source';

export interface TensorEntry {
  type: ElementName;
  shape: number[];
  /** Offsets in the file. */
  start: number;
  end: number;
}

/** Headers beyond this are refused, as the reference implementation does. */
const largestHeader = 100_000_000;

/**
 * A safetensors file, its header read and checked, its tensors read one by one when asked for.
 * Every size and offset of the header is checked against the file before it is used.
 */
export class SafetensorsFile implements CheckpointFile {
  private constructor(
    private readonly source: WeightsSource,
    readonly tensors: ReadonlyMap<string, TensorEntry>,
    readonly metadata: Readonly<Record<string, string>>,
  ) {}

  /** @throws UserError where the file is missing, cut short, or no safetensors file */
  static open(file: string): SafetensorsFile {
    const source = WeightsSource.open(file);
    try {
      const { tensors, metadata } = readHeader(source);
      return new SafetensorsFile(source, tensors, metadata);
    } catch (error) {
      source.close();
      throw error;
    }
  }

  close(): void {
    this.source.close();
  }

  entry(name: string): TensorEntry {
    const entry = this.tensors.get(name);
    if (!entry)
      throw new UserError(
        `${this.source.file} holds no tensor "${name}". Install or download the model again.`,
      );
    return entry;
  }

  /** The tensor's bytes as stored. */
  bytes(name: string): Uint8Array<ArrayBuffer> {
    const { start, end } = this.entry(name);
    return this.source.read(start, end - start);
  }

  float32(name: string, from = 0, to?: number): Float32Array {
    const { type, start, end } = this.entry(name);
    const size = elementBytes[type];
    const last = to === undefined ? end : start + to * size;
    const values = toFloat32(type, this.source.read(start + from * size, last - start - from * size));
    if (values) return values;
    throw new UserError(
      `${this.source.file}: the tensor "${name}" is of type ${type}, but numbers with a fraction (F32, BF16, F16) are needed. ` +
        'Install or download the model again in its original form.',
    );
  }

  /** The tensor's whole numbers. */
  integers(name: string): number[] {
    const { type } = this.entry(name);
    const { buffer } = this.bytes(name);
    if (type === 'I64') return Array.from(new BigInt64Array(buffer), Number);
    if (type === 'I32') return Array.from(new Int32Array(buffer));
    throw new UserError(
      `${this.source.file}: the tensor "${name}" is of type ${type}, but whole numbers are needed.`,
    );
  }
}

function readHeader(source: WeightsSource) {
  const { size } = source;
  const broken = (why: string) => source.damaged(why);
  if (size < 8) throw broken('it is shorter than its header');
  const length = new DataView(source.read(0, 8).buffer).getBigUint64(0, true);
  if (length > BigInt(largestHeader) || 8n + length > BigInt(size))
    throw broken(`its header claims ${length} bytes, the file has ${size}`);
  const dataStart = 8 + Number(length);
  const header = parseObject(source.read(8, Number(length)));
  if (!header) throw broken('its header is no JSON object');

  const tensors = new Map<string, TensorEntry>();
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') {
      metadata = value as Record<string, string>;
      continue;
    }
    tensors.set(name, checkedEntry(name, value, dataStart, size, broken));
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
  const { dtype, shape, data_offsets: offsets } = recordOf(value);
  const label = `the tensor "${name.slice(0, 100)}"`;
  if (typeof dtype !== 'string' || !Object.hasOwn(elementBytes, dtype))
    throw broken(`${label} is of the unknown type ${JSON.stringify(dtype)}`);
  const size = (item: unknown): item is number => Number.isSafeInteger(item) && (item as number) >= 0;
  if (!Array.isArray(shape) || !shape.every(size)) throw broken(`${label} has no valid shape`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(size))
    throw broken(`${label} has no valid offsets`);
  const [start, end] = offsets as [number, number];
  const type = dtype as ElementName;
  const bytes = shape.reduce((product, item) => product * item, elementBytes[type] as number);
  if (end - start !== bytes) throw broken(`${label} takes ${end - start} bytes, its shape needs ${bytes}`);
  if (dataStart + end > fileSize) throw broken(`${label} reaches beyond the end: the file is cut short`);
  return { type, shape, start: dataStart + start, end: dataStart + end };
}

function parseObject(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
