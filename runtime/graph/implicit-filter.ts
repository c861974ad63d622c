import type { Value } from './builder';
import { vector, type LayerContext } from './context';
import type { ReadTensor, StoredTensor } from './stored-tensors';

/**
 * A filter that a small network gives, position by position: `h[t] = net(z[t]) * exp(-time[t] * |delta|)`, where z are
 * features of the position and the net has sines between its layers. It does not depend on the input, so it is worked
 * out once, when the weights are stored.
 */
export interface ImplicitFilter {
  kind: 'implicit';
  /** Positions that it reaches back, the current one included. */
  length: number;
  /** Features of a position. */
  features: number;
  /** Width of the network's hidden layers. */
  order: number;
  hiddenLayers: number;
  /** Name that those of its tensors begin with. */
  prefix: string;
  /** Name, behind the prefix, that those of its network begin with. */
  network: string;
}

export function implicitFilterTensors(
  filter: ImplicitFilter,
  channels: number,
): [name: string, shape: number[]][] {
  const { length, features, order } = filter;
  const name = names(filter);
  return [
    [name.features, [1, length, features]],
    [name.time, [1, length, 1]],
    [name.deltas, [1, 1, channels]],
    [name.frequency, [1, order]],
    ...hiddenLayers(filter).flatMap(({ weight, bias, inputs }): [string, number[]][] => [
      [weight, [order, inputs]],
      [bias, [order]],
    ]),
    [name.last, [channels, order]],
  ];
}

/**
 * `u [T, channels] -> [T, channels]`. A filter that is a table has no state of a size that does not grow with it: the
 * inputs that it still reaches are kept, and what lies further back than it is long is not heard.
 * @param skip name of the tensor [channels]: `skip * u` is added
 */
export function implicitConvolution(
  { graph, prefix, states }: LayerContext,
  u: Value,
  filter: ImplicitFilter,
  channels: number,
  skip: string,
): Value {
  const shape = [filter.length - 1, channels];
  const state = { name: `${prefix}.inputs`, shape };
  states.recurrent.push(state);
  const inputs = graph.concat([graph.input(state.name, 'float32', shape), u], 0);
  const kept = graph.node('Slice', [
    inputs,
    graph.node('Shape', [u], { end: 1 }),
    graph.ints(2 ** 40),
    graph.ints(0),
  ]);
  graph.output(kept, `${state.name}.next`, 'float32', shape);
  // Of such length it takes a third of the time that the operator for short causal convolutions does.
  const kernel = graph.weight(kernelOf(`${prefix}.mixer.filter`, filter, channels));
  const byChannel = graph.unsqueeze(graph.transpose(inputs, [1, 0]), 0);
  const convolved = graph.node('Conv', [byChannel, kernel], { group: channels });
  const long = graph.transpose(graph.squeeze(convolved, 0), [1, 0]);
  return graph.add(long, graph.mul(u, graph.weight(vector(skip, channels))));
}

/** [channels, 1, length], the current token's weight last. */
function kernelOf(name: string, filter: ImplicitFilter, channels: number): StoredTensor {
  const { length } = filter;
  return {
    name,
    type: 'float32',
    shape: [channels, 1, length],
    make: (read) => {
      const response = impulseResponse(read, filter, channels);
      const kernel = new Float32Array(channels * length);
      for (let t = 0; t < length; t++)
        for (let channel = 0; channel < channels; channel++)
          kernel[channel * length + length - 1 - t] = response[t * channels + channel]!;
      return kernel;
    },
  };
}

/** h [length, channels], in float64: sines of large arguments lose digits in float32. */
export function impulseResponse(read: ReadTensor, filter: ImplicitFilter, channels: number): Float64Array {
  const { length, features } = filter;
  const name = names(filter);
  const [z, time, deltas, frequency, last] = [
    name.features,
    name.time,
    name.deltas,
    name.frequency,
    name.last,
  ].map((tensor) => read(tensor)) as [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array];
  const hidden = hiddenLayers(filter).map(({ weight, bias }) => ({ weight: read(weight), bias: read(bias) }));
  const response = new Float64Array(length * channels);
  for (let t = 0; t < length; t++) {
    let row = Float64Array.from(z.subarray(t * features, (t + 1) * features));
    for (const { weight, bias } of hidden)
      row = times(weight, row).map((value, i) => Math.sin(frequency[i]! * (value + bias[i]!)));
    response.set(
      times(last, row).map((value, channel) => value * Math.exp(-time[t]! * Math.abs(deltas[channel]!))),
      t * channels,
    );
  }
  return response;
}

function names({ prefix, network, hiddenLayers }: ImplicitFilter) {
  return {
    features: `${prefix}.pos_emb.z`,
    time: `${prefix}.pos_emb.t`,
    deltas: `${prefix}.modulation.deltas`,
    // One tensor that all layers share, stored under the name of each.
    frequency: `${prefix}.implicit_filter.1.freq`,
    last: `${prefix}.${network}.${2 * hiddenLayers}.weight`,
  };
}

/** The network's entries are layers and sines in turn. */
function hiddenLayers({ prefix, network, hiddenLayers, features, order }: ImplicitFilter) {
  return Array.from({ length: hiddenLayers }, (_, i) => ({
    weight: `${prefix}.${network}.${2 * i}.weight`,
    bias: `${prefix}.${network}.${2 * i}.bias`,
    inputs: i === 0 ? features : order,
  }));
}

function times(matrix: Float32Array, row: Float64Array): Float64Array {
  return Float64Array.from({ length: matrix.length / row.length }, (_, n) => {
    let sum = 0;
    for (let k = 0; k < row.length; k++) sum += matrix[n * row.length + k]! * row[k]!;
    return sum;
  });
}
