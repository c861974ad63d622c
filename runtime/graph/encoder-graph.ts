import { activate } from './activation';
import { bidirectionalConvolution } from './bidirectional-convolution';
import { GraphBuilder, type Value } from './builder';
import { biasOf, vector, type Provider } from './context';
import type {
  BidirectionalFilter,
  BidirectionalLongConv,
  BlockDiagonalGlu,
  EncoderDescription,
} from './encoder-layers';
import { implicitFilterTensors } from './implicit-filter';
import { probeOutput } from './model-graph';
import { normalize, normTensors } from './norm';
import { formsOf, type Forms, type Precision } from './precision';
import { withBias } from './products/form';
import { matrix, type StoredTensor } from './stored-tensors';

/** Names of the graph's input, int64 [batch, length], and output, float32 [batch, width]. */
export const encoderNames = { ids: 'ids', vectors: 'vectors' } as const;

interface Context {
  graph: GraphBuilder;
  forms: Forms;
  encoder: EncoderDescription;
  /** Begins the names of what a layer stores. */
  prefix: string;
}

/** The whole encoder: padded texts in, one vector for each out. Between layers, rows are the tokens of all texts. */
export function buildEncoderGraph(
  encoder: EncoderDescription,
  precision: Precision,
  options: { probe?: boolean; signedBytes?: boolean; provider?: Provider } = {},
): GraphBuilder {
  const graph = new GraphBuilder(options.signedBytes);
  const forms = formsOf(precision, options.provider ?? 'cpu');
  const { width, length } = encoder;
  const ids = graph.input(encoderNames.ids, 'int64', ['batch', length]);
  const words = matrix(encoder.embeddings.words, encoder.vocabulary, width);
  const looked = forms.embedding.lookup(graph, ids, words);
  const placed = graph.add(looked, graph.weight(positionsAndType(encoder)));
  let rows = normalize(graph, graph.reshape(placed, [-1, width]), encoder.embeddingNorm, width);
  for (const [index, layer] of encoder.layers.entries()) {
    const context: Context = { graph, forms, encoder, prefix: `layers.${index}` };
    const mixed = mixer(context, rows, layer.mixer);
    if (options.probe && index === 0) graph.output(mixed, probeOutput, 'float32', ['rows', width]);
    rows = normalize(graph, graph.add(channel(context, mixed, layer.channel), mixed), layer.norm, width);
  }
  const first = graph.node('Gather', [graph.reshape(rows, [-1, length, width]), graph.int(0)], { axis: 1 });
  const pooler = matrix(encoder.pooler.weight, width, width);
  const dense = forms.into.multiply(graph, first, pooler, biasOf(encoder.pooler.bias, width));
  const vectors = graph.node('Tanh', [dense]);
  graph.output(vectors, encoderNames.vectors, 'float32', ['batch', width]);
  return graph;
}

function mixer({ graph, forms, encoder, prefix }: Context, x: Value, mixer: BidirectionalLongConv): Value {
  const { width, length } = encoder;
  const { weights, filter, residual, convolution } = mixer;
  const kernel: StoredTensor = {
    name: weights.convolution,
    type: 'float32',
    shape: [3 * width, 1, convolution],
    make: (read) => read(weights.convolution),
  };
  const perText = (rows: Value, size: number) => graph.reshape(rows, [-1, length, size]);
  const projection = matrix(weights.inProjection, 3 * width, width);
  const projected = forms.into.multiply(graph, x, projection, biasOf(weights.inProjectionBias, 3 * width));
  const [convolved] = graph.nodeWithOutputs(
    'CausalConvWithState',
    [
      perText(projected, 3 * width),
      graph.weight(kernel),
      graph.weight(vector(weights.convolutionBias, 3 * width)),
    ],
    { activation: 'none', ndim: 1, channels_last: 1 },
    // The state behind it is an output that may not be left out.
    [undefined, undefined],
  );
  const [pre, post, value] = graph.split(convolved!, [width, width, width], 2);
  const long = (input: Value, which: BidirectionalFilter, name: string) =>
    bidirectionalConvolution(graph, input, `${prefix}.${name}`, which, { length, width });
  const gated = graph.mul(long(graph.mul(pre!, value!), filter, 'filter'), post!);
  const y = residual ? graph.add(gated, long(perText(x, width), residual, 'residual')) : gated;
  const rows = graph.reshape(y, [-1, width]);
  const out = matrix(weights.outProjection, width, width);
  return forms.outOf.multiply(graph, rows, out, biasOf(weights.outProjectionBias, width));
}

function channel({ graph, forms, encoder }: Context, x: Value, channel: BlockDiagonalGlu): Value {
  const { width } = encoder;
  const { inner, blocks, weights } = channel;
  const multiply = (form: Forms['into'], input: Value, tensor: string, [rows, columns]: [number, number]) => {
    const parts = graph.split(input, new Array<number>(blocks).fill(columns / blocks), 1);
    const block = (i: number) => ({ tensor, first: (i * rows) / blocks, of: rows });
    const products = parts.map((part, i) =>
      form.multiply(graph, part, matrix(block(i), rows / blocks, columns / blocks)),
    );
    return graph.concat(products, 1);
  };
  const both = multiply(forms.into, x, weights.gateUp, [2 * inner, width]);
  const [gate, up] = graph.split(both, [inner, inner], 1);
  const down = multiply(forms.outOf, graph.mul(activate(graph, gate!, 'gelu'), up!), weights.down, [
    width,
    inner,
  ]);
  return withBias(graph, down, biasOf(weights.downBias, width));
}

/** What is added to every text's words [length, width]. */
function positionsAndType({ embeddings, length, width }: EncoderDescription): StoredTensor {
  return {
    name: 'embeddings.positions',
    type: 'float32',
    shape: [length, width],
    make: (read) => {
      const type = read(embeddings.types);
      return read(embeddings.positions).map((value, i) => value + type[i % width]!);
    },
  };
}

/** Every tensor of the checkpoint that the encoder is made of, with its shape. */
export function encoderTensors(encoder: EncoderDescription): Map<string, number[]> {
  const { width, length, vocabulary, embeddings, pooler } = encoder;
  const filterTensors = ({ before, after, skip }: BidirectionalFilter): [string, number[]][] => [
    ...implicitFilterTensors(before, width),
    ...implicitFilterTensors(after, width),
    [skip, [width]],
  ];
  const ofLayers = encoder.layers.flatMap(({ mixer, channel, norm }): [string, number[]][] => {
    const { blocks, inner } = channel;
    return [
      [mixer.weights.inProjection, [3 * width, width]],
      [mixer.weights.inProjectionBias, [3 * width]],
      [mixer.weights.convolution, [3 * width, 1, mixer.convolution]],
      [mixer.weights.convolutionBias, [3 * width]],
      [mixer.weights.outProjection, [width, width]],
      [mixer.weights.outProjectionBias, [width]],
      ...filterTensors(mixer.filter),
      ...(mixer.residual ? filterTensors(mixer.residual) : []),
      [channel.weights.gateUp, [blocks, (2 * inner) / blocks, width / blocks]],
      [channel.weights.down, [blocks, width / blocks, inner / blocks]],
      [channel.weights.downBias, [width]],
      ...normTensors(norm, width),
    ];
  });
  return new Map<string, number[]>([
    [embeddings.words, [vocabulary, width]],
    [embeddings.positions, [length, width]],
    [embeddings.types, [embeddings.typeCount, width]],
    ...normTensors(encoder.embeddingNorm, width),
    ...ofLayers,
    [pooler.weight, [width, width]],
    [pooler.bias, [width]],
  ]);
}
