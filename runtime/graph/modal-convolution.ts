import type { GraphBuilder, Value } from './builder';
import { vector, type LayerContext } from './context';
import { loop } from './loops';
import { convolveInChunks } from './modal-chunks';
import { convolveWithPowers } from './modal-powers';
import { modalChunk } from './modal-tables';
import { convolveToken, mostModesOfToken } from './modal-token';
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

export interface ModalInput {
  /** [T, channels] */
  u: Value;
  /** [2 modes, channels], real and imaginary part of each mode */
  state: Value;
  channels: number;
  /** Name of the tensor [channels]: `skip * u` is added. */
  skip: string;
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

interface Sizes {
  channels: number;
  /** Real and imaginary part of each mode. */
  states: number;
}

/**
 * `u [T, channels] -> [T, channels]`, T >= 1. The state is the same, however it is computed.
 * @param skip name of the tensor [channels]: `skip * u` is added, on WebGPU as part of the filter
 */
export function modalConvolution(
  context: LayerContext,
  u: Value,
  filter: ModalFilter,
  channels: number,
  skip: string,
): Value {
  const { graph, provider, prefix, states } = context;
  const shape = [2 * filter.modes, channels];
  const state = { name: `${prefix}.state`, shape };
  states.recurrent.push(state);
  const before = graph.input(state.name, 'float32', shape);
  const { y, state: after } = convolve(context, filter, { u, state: before, channels, skip });
  graph.output(after, `${state.name}.next`, 'float32', shape);
  return provider === 'cpu' ? graph.add(y, graph.mul(u, graph.weight(vector(skip, channels)))) : y;
}

function convolve(
  { graph, provider, run, prefix, states }: LayerContext,
  filter: ModalFilter,
  input: ModalInput,
): { y: Value; state: Value } {
  if (provider === 'cpu') return convolveInLoops(graph, prefix, filter, input);
  const name = `${prefix}.filter`;
  if (run === 'block') return convolveInChunks(graph, name, filter, input);
  if (run === 'token' && filter.modes <= mostModesOfToken) return convolveToken(graph, name, filter, input);
  states.longestRun = Math.min(states.longestRun, modalChunk);
  return convolveWithPowers(graph, name, filter, input);
}

/**
 * In chunks first, what is left one by one. For each channel a matrix takes inputs and state to outputs and next state, all in
 * real numbers; of one token that is too small to be a product.
 */
function convolveInLoops(
  graph: GraphBuilder,
  prefix: string,
  filter: ModalFilter,
  { u, state, channels }: ModalInput,
): { y: Value; state: Value } {
  const sizes = { channels, states: 2 * filter.modes };
  const count = graph.node('Shape', [u], { end: 1 });
  const chunks = graph.node('Div', [count, graph.ints(chunk)]);
  const chunked = graph.mul(chunks, graph.ints(chunk));
  const cut = (from: Value, to: Value) => graph.node('Slice', [u, from, to, graph.ints(0)]);

  const first = inChunks(graph, `${prefix}.chunks`, {
    rows: cut(graph.ints(0), chunked),
    steps: chunks,
    state,
    matrices: graph.weight(stepMatrices(`${prefix}.filter.chunk`, filter, channels, chunk)),
    sizes,
  });
  const rest = oneByOne(graph, `${prefix}.steps`, {
    rows: cut(chunked, count),
    steps: graph.sub(count, chunked),
    state: first.state,
    matrices: graph.weight(channelsLast(`${prefix}.filter.step`, stepMatrices('', filter, channels, 1))),
    sizes,
  });
  return { y: graph.concat([first.rows, rest.rows], 0), state: rest.state };
}

interface Part {
  /** [tokens, channels], perhaps none. */
  rows: Value;
  /** int64 [1]: how many times the matrices are applied. */
  steps: Value;
  /** [states, channels] */
  state: Value;
  matrices: Value;
  sizes: Sizes;
}

/** `matrices [channels, chunk + states, chunk + states]` */
function inChunks(
  graph: GraphBuilder,
  name: string,
  { rows, steps, state, matrices, sizes: { channels, states } }: Part,
): { rows: Value; state: Value } {
  const byChannel = graph.transpose(graph.reshape(rows, [-1, chunk, channels]), [0, 2, 1]);
  const inputs = graph.unsqueeze(byChannel, 3);
  const column = graph.unsqueeze(graph.transpose(state, [1, 0]), 2);
  const result = loop(
    graph,
    name,
    graph.squeeze(steps, 0),
    [{ value: column, shape: [channels, states, 1] }],
    (body, [before], index) => {
      const input = body.node('Gather', [inputs, index], { axis: 0 });
      const product = body.matmul(matrices, body.concat([input, before!], 1));
      const [output, after] = body.split(product, [chunk, states], 1);
      return { states: [after!], rows: [{ value: output!, shape: [channels, chunk, 1] }] };
    },
  );
  const outputs = graph.transpose(graph.squeeze(result.rows[0]!, 3), [0, 2, 1]);
  return {
    rows: graph.reshape(outputs, [-1, channels]),
    state: graph.transpose(graph.squeeze(result.states[0]!, 2), [1, 0]),
  };
}

/** `matrices [1 + states, 1 + states, channels]`: what is done to every channel at once is done along them. */
function oneByOne(
  graph: GraphBuilder,
  name: string,
  { rows, steps, state, matrices, sizes: { channels, states } }: Part,
): { rows: Value; state: Value } {
  const result = loop(
    graph,
    name,
    graph.squeeze(steps, 0),
    [{ value: state, shape: [states, channels] }],
    (body, [before], index) => {
      const input = body.unsqueeze(body.node('Gather', [rows, index], { axis: 0 }), 0);
      const products = body.mul(matrices, body.concat([input, before!], 0));
      const sums = body.node('ReduceSum', [products, body.ints(1)], { keepdims: 0 });
      const [output, after] = body.split(sums, [1, states], 0);
      return { states: [after!], rows: [{ value: output!, shape: [1, channels] }] };
    },
  );
  return { rows: graph.squeeze(result.rows[0]!, 1), state: result.states[0]! };
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

/** [channels, n, n] as [n, n, channels]. */
function channelsLast(name: string, { type, shape, make }: StoredTensor): StoredTensor {
  const [channels = 0, order = 0] = shape;
  return {
    name,
    type,
    shape: [order, order, channels],
    make: (read) => {
      const source = make(read) as Float32Array;
      const place = (i: number) => (i % channels) * order * order + Math.floor(i / channels);
      return source.map((_, i) => source[place(i)]!);
    },
  };
}
