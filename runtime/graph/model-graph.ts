import { GraphBuilder, type Value } from './builder';
import { buildChannel, channelTensors } from './channels';
import type { LayerContext, Positions } from './context';
import type { ModelDescription } from './layers';
import { buildMixer, mixerTensors } from './mixers';
import { addAndNorm, normalize, normTensors, type Norm } from './norm';
import { precisions, type Precision } from './precision';
import { names, type StateLayout } from './states';
import { matrix } from './stored-tensors';

/** Raise it when graphs or stored weights change: what was compiled before is then made anew. */
export const graphVersion = 3;

/** Raise it too when stored weights change: the first graph that reads them in the form they are stored in. */
export const weightsVersion = 1;

export interface ModelGraph {
  builder: GraphBuilder;
  states: StateLayout;
}

/** Name of the output that `probe` adds: what the first layer's mixer gives, float32 [T, width]. */
export const probeOutput = 'mixer0.out';

/**
 * One graph for reading and decoding: `ids [T]`, T >= 1, and states in; logits of the last `wanted` positions and
 * states out. See `names` and `StateLayout` for inputs and outputs.
 */
export function buildModelGraph(
  model: ModelDescription,
  precision: Precision,
  options: { probe?: boolean; signedBytes?: boolean } = {},
): ModelGraph {
  const graph = new GraphBuilder(options.signedBytes);
  const forms = precisions[precision];
  const { width, vocabulary, layers } = model;
  const embedding = matrix(model.embedding, vocabulary, width);
  const head = matrix(model.head ?? model.embedding, vocabulary, width);
  const states: StateLayout = { recurrent: [], pending: [], windows: [] };
  const ids = graph.input(names.ids, 'int64', ['T']);
  const positions = positionsOf(graph, ids);
  const wantedRows = lastRows(graph, graph.input(names.wanted, 'int64', [1]));
  const readRows = lastRows(graph, positions.count);

  let stream = forms.embedding.lookup(graph, ids, embedding);
  let delta: Value | undefined;
  const norm = (norm: Norm): Value => {
    if (delta === undefined) return normalize(graph, stream, norm, width);
    const added = addAndNorm(graph, stream, delta, norm, width);
    stream = added.stream;
    return added.normed;
  };

  for (const [index, layer] of layers.entries()) {
    const last = index === layers.length - 1;
    const prefix = `layers.${index}`;
    const context: LayerContext = {
      graph,
      forms,
      width,
      prefix,
      last,
      wantedRows,
      readRows,
      positions,
      states,
    };
    const mixerInput = norm(layer.mixerNorm);
    delta = buildMixer(context, mixerInput, layer.mixer);
    if (options.probe && index === 0) graph.output(delta, probeOutput, 'float32', ['T', width]);
    if (last) stream = wantedRows(stream);
    if (layer.channel) delta = buildChannel(context, norm(layer.channel.norm), layer.channel);
  }
  const logits = forms.embedding.head(graph, norm(model.finalNorm), head);
  graph.output(logits, names.logits, 'float32', ['wanted', vocabulary]);
  return { builder: graph, states };
}

function positionsOf(graph: GraphBuilder, ids: Value): Positions {
  const count = graph.node('Shape', [ids]);
  const start = graph.squeeze(graph.input(names.position, 'int64', [1]), 0);
  const end = graph.add(start, graph.squeeze(count, 0));
  const range = graph.node('Range', [start, end, graph.int(1)]);
  return { count, positions: graph.node('Cast', [range], { to: 1 }) };
}

/** Cuts a value to its last `count` rows; each value once. */
function lastRows(graph: GraphBuilder, count: Value): (value: Value) => Value {
  return (value) =>
    graph.once(`last ${count}:${value}`, () => {
      const start = graph.once(`-${count}`, () => graph.node('Neg', [count]));
      return graph.node('Slice', [value, start, graph.ints(2 ** 40), graph.ints(0)]);
    });
}

/** Every tensor of the checkpoint that the model is made of, with its shape. */
export function checkpointTensors(model: ModelDescription): Map<string, number[]> {
  const { width, vocabulary } = model;
  const tensors: [string, number[]][] = [[model.embedding, [vocabulary, width]]];
  for (const { mixerNorm, mixer, channel } of model.layers) {
    tensors.push(...normTensors(mixerNorm, width), ...mixerTensors(mixer, width));
    if (channel) tensors.push(...normTensors(channel.norm, width), ...channelTensors(channel, width));
  }
  tensors.push(...normTensors(model.finalNorm, width));
  if (model.head !== undefined) tensors.push([model.head, [vocabulary, width]]);
  return new Map(tensors);
}
