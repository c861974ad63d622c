import { GraphBuilder, type Value } from './builder';
import { buildChannel, channelTensors } from './channels';
import type { LayerContext, Provider } from './context';
import type { ModelDescription } from './layers';
import { buildMixer, mixerTensors } from './mixers';
import { addAndNorm, rmsNorm } from './norm';
import { precisions, type Precision } from './precision';
import { names, type StateLayout } from './states';
import { matrix } from './stored-tensors';

/** Raise it when graphs or stored weights change: what was compiled before is then made anew. */
export const graphVersion = 4;

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
  options: { probe?: boolean; signedBytes?: boolean; provider?: Provider } = {},
): ModelGraph {
  const { provider = 'cpu' } = options;
  const graph = new GraphBuilder(options.signedBytes);
  const forms = precisions[precision];
  const { width, vocabulary, layers } = model;
  const embedding = matrix(model.embedding, vocabulary, width);
  const head = matrix(model.head ?? model.embedding, vocabulary, width);
  const states: StateLayout = { recurrent: [], pending: [], windows: [], rotations: [] };
  const ids = graph.input(names.ids, 'int64', ['T']);
  const positions = graph.input(names.positions, 'float32', ['T']);
  const wantedRows = lastRows(graph, names.wantedFrom);
  const readRows = lastRows(graph, names.readFrom);

  let stream = forms.embedding.lookup(graph, ids, embedding);
  let delta: Value | undefined;
  const norm = ({ weight, epsilon }: ModelDescription['finalNorm']): Value => {
    if (delta === undefined) return rmsNorm(graph, stream, weight, width, epsilon);
    const added = addAndNorm(graph, stream, delta, weight, width, epsilon);
    stream = added.stream;
    return added.normed;
  };

  for (const [index, layer] of layers.entries()) {
    const last = index === layers.length - 1;
    const prefix = `layers.${index}`;
    const context: LayerContext = {
      graph,
      provider,
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

/** Cuts a value to its last rows, from where the host says; each value once. */
function lastRows(graph: GraphBuilder, from: Value): (value: Value) => Value {
  const start = graph.input(from, 'int64', [1]);
  return (value) =>
    graph.once(`${from}:${value}`, () =>
      graph.node('Slice', [value, start, graph.ints(2 ** 40), graph.ints(0)]),
    );
}

/** Every tensor of the checkpoint that the model is made of, with its shape. */
export function checkpointTensors(model: ModelDescription): Map<string, number[]> {
  const { width, vocabulary } = model;
  const tensors: [string, number[]][] = [[model.embedding, [vocabulary, width]]];
  for (const { mixerNorm, mixer, channel } of model.layers) {
    tensors.push([mixerNorm.weight, [width]], ...mixerTensors(mixer, width));
    if (channel) tensors.push([channel.norm.weight, [width]], ...channelTensors(channel, width));
  }
  tensors.push([model.finalNorm.weight, [width]]);
  if (model.head !== undefined) tensors.push([model.head, [vocabulary, width]]);
  return new Map(tensors);
}
