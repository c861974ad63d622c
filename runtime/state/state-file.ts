/**
 * One saved state as bytes, complete in itself:
 *
 *   "LVSTATE1" | length of the header, uint32 | header, JSON | ids, int32 each | tensors, float32 each | SHA-256 of all before
 *
 * Numbers are little-endian. A file that was cut off, changed, or made for another model is told apart by its checksum, its
 * name and its header, and is never taken for a state.
 */
import { createHash } from 'node:crypto';
import type { StateSnapshot } from '../inference/snapshot';
import { recordOf } from '../protocol/json';

const magic = Buffer.from('LVSTATE1', 'latin1');
const checksumBytes = 32;
/** No header is longer: a few dozen tensors' names and shapes. */
const longestHeader = 64 * 1024;
/** Where the header begins. */
export const headerStart = magic.length + 4;

/** What a file says about itself in front. */
export interface StateHeader {
  /** See `ReadyModel.key`. */
  model: string;
  /** The workspace that it belongs to. */
  scope: string;
  /** Number of ids, and of tokens that the state has read. */
  tokens: number;
  /** See `StateSnapshot.pending`. */
  pending: number;
  /** States of one label follow each other: a new one takes the old one's place. */
  label?: string;
  tensors: { name: string; shape: number[] }[];
}

/** Names the content: the same text, read by the same model in the same workspace, has the same name. */
export function stateName(model: string, scope: string, ids: Int32Array): string {
  const hash = createHash('sha256').update(`${model}\0${scope}\0`);
  return hash.update(bytesOf(ids)).digest('hex').slice(0, 40);
}

export function encodeState(scope: string, ids: Int32Array, snapshot: StateSnapshot, label?: string): Buffer {
  const header: StateHeader = {
    model: snapshot.model,
    scope,
    tokens: ids.length,
    pending: snapshot.pending,
    ...(label !== undefined && { label }),
    tensors: snapshot.tensors.map(({ name, shape }) => ({ name, shape })),
  };
  const json = Buffer.from(JSON.stringify(header), 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  const parts = [magic, length, json, bytesOf(ids), ...snapshot.tensors.map(({ data }) => bytesOf(data))];
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return Buffer.concat([...parts, hash.digest()]);
}

/** Length of the header in bytes, from the first `headerStart` bytes of a file; undefined where they are not a state's. */
export function headerLength(start: Uint8Array): number | undefined {
  if (start.length < headerStart || magic.compare(start, 0, magic.length) !== 0) return undefined;
  const length = Buffer.from(start.buffer, start.byteOffset, start.byteLength).readUInt32LE(magic.length);
  return length <= longestHeader ? length : undefined;
}

/** The header from its bytes; undefined where it is not one. */
export function parseHeader(json: Uint8Array): StateHeader | undefined {
  try {
    const header = JSON.parse(Buffer.from(json).toString('utf8')) as unknown;
    return isHeader(header) ? header : undefined;
  } catch {
    return undefined;
  }
}

/** The whole state from a file's bytes; undefined where it is damaged. */
export function decodeState(
  bytes: Buffer,
): { header: StateHeader; ids: Int32Array; snapshot: StateSnapshot } | undefined {
  const jsonLength = headerLength(bytes);
  if (jsonLength === undefined || bytes.length < headerStart + jsonLength + checksumBytes) return undefined;
  const end = bytes.length - checksumBytes;
  const checksum = createHash('sha256').update(bytes.subarray(0, end)).digest();
  if (checksum.compare(bytes, end) !== 0) return undefined;
  const header = parseHeader(bytes.subarray(headerStart, headerStart + jsonLength));
  if (!header) return undefined;
  let at = headerStart + jsonLength;
  const take = (elements: number) => {
    const from = at;
    at += 4 * elements;
    return bytes.subarray(from, at);
  };
  const sizes = header.tensors.map(({ shape }) => shape.reduce((product, size) => product * size, 1));
  const total = sizes.reduce((sum, size) => sum + size, header.tokens);
  if (at + 4 * total !== end) return undefined;
  const ids = new Int32Array(aligned(take(header.tokens)));
  const tensors = header.tensors.map(({ name, shape }, i) => ({
    name,
    shape,
    data: new Float32Array(aligned(take(sizes[i]!))),
  }));
  return {
    header,
    ids,
    snapshot: { model: header.model, length: header.tokens, pending: header.pending, tensors },
  };
}

function isHeader(value: unknown): value is StateHeader {
  const { model, scope, tokens, pending, label, tensors } = recordOf(value);
  return (
    typeof model === 'string' &&
    typeof scope === 'string' &&
    isSize(tokens) &&
    isSize(pending) &&
    (label === undefined || typeof label === 'string') &&
    Array.isArray(tensors) &&
    tensors.every(
      (tensor: { name?: unknown; shape?: unknown } | null) =>
        typeof tensor?.name === 'string' && Array.isArray(tensor.shape) && tensor.shape.every(isSize),
    )
  );
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function bytesOf(data: Int32Array | Float32Array): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

/** A copy of its own, as typed arrays must begin at multiples of their elements' size. */
function aligned(bytes: Buffer): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}
