import type { GraphBuilder, Value } from './builder';
import type { LayerContext } from './context';
import type { StoredTensor } from './stored-tensors';

/**
 * A causal convolution as long as the text, with a filter of a few modes for each channel:
 * `h[t] = Re(sum over modes of residue * pole^t)`. It is a recurrence too: `s = pole * s + u`, `y = Re(sum residue * s)`.
 */
export interface ModalFilter {
  kind: 'modal';
  modes: number;
  /** Names of the checkpoint's tensors [channels, modes, 1, 2], real and imaginary parts. */
  poles: string;
  residues: string;
}

export function modalTensors(
  { poles, residues, modes }: ModalFilter,
  channels: number,
): [name: string, shape: number[]][] {
  const shape = [channels, modes, 1, 2];
  return [
    [poles, shape],
    [residues, shape],
  ];
}

/**
 * Tokens that are taken at once while there are so many: larger chunks gain little and their matrices grow with the
 * square.
 */
const chunk = 16;

/**
 * `u [T, channels] -> [T, channels]`, T >= 1: in chunks first, what is left one by one. Both are the same product: of a
 * matrix for each channel with its inputs and its state, which gives its outputs and its next state, all in real numbers.
 */
export function modalConvolution(
  context: LayerContext,
  u: Value,
  filter: ModalFilter,
  channels: number,
): Value {
  const { graph, prefix, states } = context;
  const shape = [channels, 2 * filter.modes, 1];
  const state = { name: `${prefix}.state`, shape };
  states.recurrent.push(state);
  const count = graph.node('Shape', [u], { end: 1 });
  const chunks = graph.node('Div', [count, graph.ints(chunk)]);
  const chunked = graph.mul(chunks, graph.ints(chunk));
  const cut = (from: Value, to: Value) => graph.node('Slice', [u, from, to, graph.ints(0)]);
  const parts: [rows: Value, size: number, steps: Value][] = [
    [cut(graph.ints(0), chunked), chunk, chunks],
    [cut(chunked, count), 1, graph.sub(count, chunked)],
  ];
  let carried = graph.input(state.name, 'float32', shape);
  const outputs = parts.map(([rows, size, steps]) => {
    const matrices = graph.weight(stepMatrices(`${prefix}.filter.${size}`, filter, channels, size));
    const step = { matrices, size, steps, channels, states: 2 * filter.modes };
    const { y, next } = inChunks(graph, `${prefix}.chunks.${size}`, rows, carried, step);
    carried = next;
    return y;
  });
  graph.output(carried, `${state.name}.next`, 'float32', shape);
  return graph.concat(outputs, 0);
}

interface Step {
  /** [channels, size + states, size + states] */
  matrices: Value;
  size: number;
  /** int64 [1]: how many there are. */
  steps: Value;
  channels: number;
  states: number;
}

/** Takes `rows [steps * size, channels]`, perhaps none, `size` at a time. */
function inChunks(
  graph: GraphBuilder,
  name: string,
  rows: Value,
  state: Value,
  { matrices, size, steps, channels, states }: Step,
): { y: Value; next: Value } {
  const byChannel = graph.transpose(graph.reshape(rows, [-1, size, channels]), [0, 2, 1]);
  const inputs = graph.unsqueeze(byChannel, 3);
  const result = graph.loop(
    name,
    graph.squeeze(steps, 0),
    [{ value: state, shape: [channels, states, 1] }],
    (body, [before], index) => {
      const input = body.node('Gather', [inputs, index], { axis: 0 });
      const product = body.matmul(matrices, body.concat([input, before!], 1));
      const [output, after] = body.split(product, [size, states], 1);
      return { states: [after!], rows: [{ value: output!, shape: [channels, size, 1] }] };
    },
  );
  const y = graph.transpose(graph.squeeze(result.rows[0]!, 3), [0, 2, 1]);
  return { y: graph.reshape(y, [-1, channels]), next: result.states[0]! };
}

/**
 * For each channel the matrix that takes `size` inputs and the state (real and imaginary part of each mode) to as many
 * outputs and the state behind them. Worked out in float64: powers of poles near 1 lose digits.
 */
function stepMatrices(name: string, filter: ModalFilter, channels: number, size: number): StoredTensor {
  const { modes, poles, residues } = filter;
  const order = size + 2 * modes;
  const make: StoredTensor['make'] = (read) => {
    const [pole, residue] = [read(poles), read(residues)];
    const all = new Float32Array(channels * order * order);
    for (let channel = 0; channel < channels; channel++) {
      const matrix = all.subarray(channel * order * order, (channel + 1) * order * order);
      const response = new Float64Array(size);
      for (let mode = 0; mode < modes; mode++) {
        const at = 2 * (channel * modes + mode);
        const [re, im] = [size + 2 * mode, size + 2 * mode + 1];
        let [x, y] = [1, 0];
        const times = (a: number, b: number): [number, number] => [a * x - b * y, a * y + b * x];
        for (let power = 0; power <= size; power++) {
          const [real, imaginary] = times(residue[at]!, residue[at + 1]!);
          if (power < size) {
            response[power]! += real;
            matrix[re * order + size - 1 - power] = x;
            matrix[im * order + size - 1 - power] = y;
          } else {
            matrix.set([x, -y], re * order + re);
            matrix.set([y, x], im * order + re);
          }
          if (power > 0) matrix.set([real, -imaginary], (power - 1) * order + re);
          [x, y] = times(pole[at]!, pole[at + 1]!);
        }
      }
      for (let row = 0; row < size; row++)
        for (let column = 0; column <= row; column++) matrix[row * order + column] = response[row - column]!;
    }
    return all;
  };
  return { name, type: 'float32', shape: [channels, order, order], make };
}
