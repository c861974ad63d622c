import type { Value } from '../builder';
import type { Provider } from '../context';
import { drawnBytes, drawnScales } from '../drawn';
import {
  restoredMatrix,
  rowBlocks,
  type Matrix,
  type ReadTensor,
  type StoredTensor,
} from '../stored-tensors';
import { withBias, type EmbeddingForm, type ProductForm } from './form';

/**
 * `accuracy_level` 4: the input is quantised to 8 bits too; on the CPU, with float inputs, 8-bit blocks run 20 times slower.
 * On the GPU that gains nothing, and 0 keeps the input as it is.
 */
const accuracyLevels: Record<Provider, number> = { cpu: 4, webgpu: 0 };

/**
 * MatMulNBits: `bits` per weight, one scale for each run of `block` weights of a row. Where the row's length is no
 * multiple of `block`, the largest power of two that divides it is taken (16 at least).
 */
export function blockProduct(provider: Provider, bits: 4 | 8, block: number): ProductForm {
  const attributes = { bits, accuracy_level: accuracyLevels[provider] };
  // MatMulNBitsQkv, which has no other form.
  const joinsProducts = (columns: number) =>
    provider === 'webgpu' && bits === 4 && block === 32 && columns % 32 === 0;
  return {
    restored: (matrix) => restoredFromBlocks(matrix, bits, fittingBlock(matrix, block)),
    joinsProducts,
    addSpareProducts(graph, x, columns) {
      if (!joinsProducts(columns)) return;
      // Two constants, as the runtime makes one of nodes that are the same.
      for (const which of ['first', 'second']) {
        const name = `spare:${which}(${columns})`;
        const values = graph.constant(name, 'uint8', [1, columns / 32, 16], new Uint8Array(columns / 2));
        const scales = graph.constant(
          `${name}.scale`,
          'float32',
          [columns / 32],
          new Float32Array(columns / 32),
        );
        graph.node('MatMulNBits', [x, values, scales], { ...attributes, K: columns, N: 1, block_size: 32 });
      }
    },
    multiply(graph, x, matrix, bias) {
      const size = fittingBlock(matrix, block);
      const { values, scales } = storedBlocks(matrix, bits, size);
      const multiplied = (...more: Value[]) =>
        graph.node('MatMulNBits', [x, graph.weight(values), graph.weight(scales), ...more], {
          K: matrix.columns,
          N: matrix.rows,
          bits,
          block_size: size,
          accuracy_level: accuracyLevels[provider],
        });
      return provider === 'cpu' || !bias
        ? withBias(graph, multiplied(), bias)
        : multiplied('', '', graph.weight(bias));
    },
  };
}

/** The embedding in blocks: looked up from the very bytes that the head multiplies with. */
export function blockEmbedding(provider: Provider, bits: 4 | 8, block: number): EmbeddingForm {
  return {
    restored: (matrix) => restoredFromBlocks(matrix, bits, fittingBlock(matrix, block)),
    lookup(graph, ids, matrix) {
      const size = fittingBlock(matrix, block);
      const { values, scales } = storedBlocks(matrix, bits, size);
      const { rows, columns } = matrix;
      const inputs = [
        graph.weight(values, { suffix: 'rows', shape: [rows, (columns * bits) / 8] }),
        ids,
        graph.weight(scales, { suffix: 'rows', shape: [rows, columns / size] }),
      ];
      const attributes = { bits, block_size: size, gather_axis: 0, quantize_axis: 1 };
      return graph.node('GatherBlockQuantized', inputs, attributes);
    },
    head: (graph, x, matrix) => blockProduct(provider, bits, block).multiply(graph, x, matrix),
  };
}

export function fittingBlock({ name, columns }: Matrix, preferred: number): number {
  let size = preferred;
  while (size > 16 && columns % size !== 0) size /= 2;
  if (columns % size !== 0)
    throw new Error(`${name} has rows of ${columns} weights, which blocks of 16 do not divide: use float32.`);
  return size;
}

/**
 * `values` uint8 [N, K / block, block * bits / 8] (with 4 bits the even weight in the low half of a byte),
 * `scales` float32 [N * K / block]; weight = (value - 2^(bits-1)) * scale.
 */
export function storedBlocks(
  matrix: Matrix,
  bits: 4 | 8,
  block: number,
): { values: StoredTensor; scales: StoredTensor } {
  const { name, rows, columns } = matrix;
  const perRow = columns / block;
  const bytes = (block * bits) / 8;
  return {
    values: {
      name,
      type: 'uint8',
      shape: [rows, perRow, bytes],
      make: (read: ReadTensor) => {
        const out = new Uint8Array(rows * perRow * bytes);
        for (const { first, values } of rowBlocks(matrix, read))
          out.set(packBlocks(values, bits, block), first * perRow * bytes);
        return out;
      },
      draw: (fill) => drawnBytes(rows * perRow * bytes, fill),
    },
    scales: {
      name: `${name}.scale`,
      type: 'float32',
      shape: [rows * perRow],
      make: (read: ReadTensor) => {
        const out = new Float32Array(rows * perRow);
        for (const { first, values } of rowBlocks(matrix, read))
          out.set(blockScales(values, bits, block), first * perRow);
        return out;
      },
      draw: (fill) => drawnScales(rows * perRow, columns, 2 ** (bits - 1), fill),
    },
  };
}

function restoredFromBlocks(matrix: Matrix, bits: 4 | 8, block: number): Matrix {
  const { name, rows, columns } = matrix;
  const zero = 2 ** (bits - 1);
  return restoredMatrix(matrix, (read) => {
    const [values, scales] = [read(name), read(`${name}.scale`)];
    const at =
      bits === 8 ? (i: number) => values[i]! : (i: number) => (values[i >> 1]! >> (4 * (i & 1))) & 15;
    return Float32Array.from(
      { length: rows * columns },
      (_, i) => (at(i) - zero) * scales[Math.floor(i / block)]!,
    );
  });
}

/** The weight of largest size is mapped to the lowest value, which reaches one further than the highest: the scale has a sign. */
function blockScales(source: Float32Array, bits: 4 | 8, block: number): Float32Array {
  const scales = new Float32Array(source.length / block);
  for (let b = 0; b < scales.length; b++) {
    let extreme = 0;
    for (let i = b * block; i < (b + 1) * block; i++)
      if (Math.abs(source[i]!) > Math.abs(extreme)) extreme = source[i]!;
    scales[b] = extreme === 0 ? 1 : extreme / -(2 ** (bits - 1));
  }
  return scales;
}

function packBlocks(source: Float32Array, bits: 4 | 8, block: number): Uint8Array {
  const scales = blockScales(source, bits, block);
  const zero = 2 ** (bits - 1);
  const top = 2 * zero - 1;
  const out = new Uint8Array((source.length * bits) / 8);
  for (let i = 0; i < source.length; i++) {
    const scaled = Math.round(source[i]! / scales[Math.floor(i / block)]!) + zero;
    const value = Math.max(0, Math.min(top, scaled));
    if (bits === 8) out[i] = value;
    else out[i >> 1]! |= value << (4 * (i & 1));
  }
  return out;
}
