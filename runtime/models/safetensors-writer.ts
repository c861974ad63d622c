import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { elementBytes, type ElementName } from './numbers';

export interface TensorPlan {
  name: string;
  type: ElementName;
  shape: readonly number[];
}

export interface SafetensorsLayout {
  /** Everything before the first tensor's bytes. */
  header: Uint8Array;
  /** In the order in which the tensors lie in the file, with their offsets in it. */
  tensors: { name: string; offset: number; length: number }[];
}

/** What one call of the system writes at most: larger ones are refused by some. */
const largestWrite = 1 << 30;

/** Where tensors start, so that any vector instruction may read them in place. */
const alignment = 64;

/**
 * Works out a file from its tensors' names and shapes alone. The format allows no gaps, so tensors whose size keeps
 * the next one aligned come first, the others by how well they do.
 */
export function layoutSafetensors(
  plans: readonly TensorPlan[],
  metadata: Readonly<Record<string, string>>,
): SafetensorsLayout {
  const sized = plans.map((plan) => {
    const length = plan.shape.reduce((product, size) => product * size, elementBytes[plan.type] as number);
    return { plan, length, evenness: largestPowerOfTwoIn(length) };
  });
  sized.sort((a, b) => b.evenness - a.evenness);
  const entries: Record<string, unknown> = { __metadata__: metadata };
  let at = 0;
  const tensors = sized.map(({ plan, length }) => {
    const start = at;
    at += length;
    entries[plan.name] = { dtype: plan.type, shape: plan.shape, data_offsets: [start, at] };
    return { name: plan.name, offset: start, length };
  });
  const json = new TextEncoder().encode(JSON.stringify(entries));
  const padded = Math.ceil((8 + json.length) / alignment) * alignment;
  const header = new Uint8Array(padded).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(padded - 8), true);
  header.set(json, 8);
  for (const tensor of tensors) tensor.offset += padded;
  return { header, tensors };
}

/** Gives a tensor's bytes; asked for one tensor at a time. */
export type TensorContent = (name: string) => ArrayBufferView;

/** Writes a file by its layout. */
export function writeSafetensors(file: string, layout: SafetensorsLayout, content: TensorContent): void {
  const writing = writingSafetensors(file, layout, content);
  while (!writing.next().done);
}

/** The same in steps, with the bytes written so far after each: whoever takes them may rest in between, or stop. */
export function* writingSafetensors(
  file: string,
  layout: SafetensorsLayout,
  content: TensorContent,
): Generator<number, void, void> {
  const descriptor = openSync(file, 'w');
  try {
    writeAll(descriptor, layout.header);
    for (const { name, offset, length } of layout.tensors) {
      const view = content(name);
      if (view.byteLength !== length)
        throw new Error(`The tensor "${name}" came with ${view.byteLength} bytes instead of ${length}`);
      writeAll(descriptor, new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
      yield offset + length;
    }
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.length)
    done += writeSync(descriptor, bytes, done, Math.min(bytes.length - done, largestWrite));
}

function largestPowerOfTwoIn(length: number): number {
  let power = 1;
  while (power < alignment && length % (power * 2) === 0) power *= 2;
  return power;
}
