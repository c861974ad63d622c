import type { GraphBuilder, Value } from '../builder';
import { drawnBytes, drawnScales } from '../drawn';
import {
  restoredMatrix,
  rowBlocks,
  type Matrix,
  type ReadTensor,
  type StoredTensor,
} from '../stored-tensors';
import { withBias, type ProductForm } from './form';

/**
 * 8-bit times 8-bit: one scale for each output channel of the matrix, one for each row of the input. Both sides are
 * unsigned with 128 as zero, since signed weights may saturate the 16-bit pair sums of CPUs without VNNI; with
 * VNNI signed weights take half the time.
 *
 * A scale per row, not per call, keeps what is computed for a token independent of the block it is read in.
 */
export const rowScaledU8Product: ProductForm = {
  restored(matrix) {
    const { name, rows, columns } = matrix;
    return restoredMatrix(matrix, (read) => {
      const [values, scales] = [read(name), read(`${name}.scale`)];
      return values.map((_, i) => {
        const [n, k] = [Math.floor(i / columns), i % columns];
        return (values[k * rows + n]! - 128) * scales[n]!;
      });
    });
  },
  multiply(graph, x, matrix, bias) {
    const { values, scales } = storedU8(matrix);
    const row = quantisedRows(graph, x);
    const one = graph.float(1);
    const zero = graph.constant('zero point 128', 'uint8', [], Uint8Array.of(128));
    const inputs = graph.signedBytes
      ? [row.values, signed(graph, graph.weight(values)), one, graph.weight(scales), zero]
      : [row.values, graph.weight(values), one, graph.weight(scales), zero, zero];
    return withBias(graph, graph.mul(graph.node('MatMulIntegerToFloat', inputs), row.scales), bias);
  },
};

/** Quantised once for all products of the same input. */
function quantisedRows(graph: GraphBuilder, x: Value): { values: Value; scales: Value } {
  const scales = graph.once(`${x}:row scales`, () => {
    const largest = graph.node('ReduceMax', [graph.node('Abs', [x]), graph.ints(-1)], { keepdims: 1 });
    return graph.node('Max', [graph.mul(largest, graph.float(1 / 127)), graph.float(1e-12)]);
  });
  const values = graph.once(`${x}:row values`, () => {
    const centred = graph.add(graph.node('Div', [x, scales]), graph.float(128));
    return graph.node('Cast', [graph.node('Round', [centred])], { to: 2 });
  });
  return { values, scales };
}

/** The weights around 0 instead of 128. Worked out once, when the graph is loaded. */
function signed(graph: GraphBuilder, values: Value): Value {
  const signBit = graph.constant('sign bit', 'uint8', [], Uint8Array.of(128));
  return graph.node('Cast', [graph.node('BitwiseXor', [values, signBit])], { to: 3 });
}

/** `values` uint8 [K, N], `scales` float32 [N]; weight = (value - 128) * scale. */
export function storedU8(matrix: Matrix): { values: StoredTensor; scales: StoredTensor } {
  const { name, rows, columns } = matrix;
  const makeValues = (read: ReadTensor) => {
    const out = new Uint8Array(rows * columns);
    for (const { first, values } of rowBlocks(matrix, read)) {
      for (const [n, scale] of rowScales(values, columns).entries()) {
        const inverse = 1 / scale;
        for (let k = 0; k < columns; k++)
          out[k * rows + first + n] = Math.round(values[n * columns + k]! * inverse) + 128;
      }
    }
    return out;
  };
  const makeScales = (read: ReadTensor) => {
    const out = new Float32Array(rows);
    for (const { first, values } of rowBlocks(matrix, read)) out.set(rowScales(values, columns), first);
    return out;
  };
  return {
    values: {
      name,
      type: 'uint8',
      shape: [columns, rows],
      make: makeValues,
      draw: (fill) => drawnBytes(rows * columns, fill),
    },
    scales: {
      name: `${name}.scale`,
      type: 'float32',
      shape: [rows],
      make: makeScales,
      draw: (fill) => drawnScales(rows, columns, 128, fill),
    },
  };
}

function rowScales(source: Float32Array, columns: number): Float32Array {
  const scales = new Float32Array(source.length / columns);
  for (let n = 0; n < scales.length; n++) {
    let largest = 0;
    for (let k = 0; k < columns; k++) largest = Math.max(largest, Math.abs(source[n * columns + k]!));
    // A row of zeros stays zero under any scale.
    scales[n] = largest === 0 ? 1 : largest / 127;
  }
  return scales;
}
