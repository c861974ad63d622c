import { GraphBuilder, type Value } from './builder';
import { buildChannel, channelTensors } from './channels';
import type { LayerContext, Provider } from './context';
import type { ModelDescription } from './layers';
import { buildMixer, mixerTensors } from './mixers';
import { addAndNorm, isJoined, normalize, normTensors, type Norm } from './norm';
import { formsOf, restoring, type Forms, type Precision } from './precision';
import { names, type StateLayout } from './states';
import { matrix } from './stored-tensors';
import { tellTokens } from './told';

/** Raise it when graphs or stored weights change: what was compiled before is then made anew. */
export const graphVersion = 6;

/** Raise it too when stored weights change: the first graph that reads them in the form they are stored in. */
export const weightsVersion = 1;

export interface ModelGraph {
  builder: GraphBuilder;
  states: StateLayout;
}

export interface GraphOptions {
  /** Adds the output that parity of the first mixer is measured at. */
  probe?: boolean;
  /** See `GraphBuilder`. */
  signedBytes?: boolean;
  /** Default: cpu. */
  provider?: Provider;
  /** Builds the graph for such runs alone. */
  run?: 'block';
  /** Weights are made from those that a graph for the CPU has stored in this precision; absent = from the original ones. */
  stored?: Precision;
}

/** Name of the output that `probe` adds: what the first mixer of all gives, float32 [T, width]. */
export const probeOutput = 'mixer0.out';

/**
 * One graph for reading and decoding: `ids [T]`, T >= 1, and states in; logits of the last `wanted` positions and
 * states out. See `names` and `StateLayout` for inputs and outputs.
 */
export function buildModelGraph(
  model: ModelDescription,
  precision: Precision,
  options: GraphOptions = {},
): ModelGraph {
  const { provider = 'cpu', run, probe } = options;
  const graph = new GraphBuilder(options.signedBytes);
  const states = noStates(provider);
  const ids = graph.input(names.ids, 'int64', ['T']);
  const positions = graph.input(names.positions, 'float32', ['T']);
  const wantedRows = lastRows(graph, names.wantedFrom);
  const readRows = lastRows(graph, names.readFrom);
  const onMixed = (mixed: Value) =>
    void graph.once(probeOutput, () => {
      graph.output(mixed, probeOutput, 'float32', ['T', model.width]);
      return probeOutput;
    });
  const logits = modelLogits(model, ids, {
    graph,
    provider,
    forms: chosenForms(precision, options),
    run,
    wantedRows,
    // On a device no tokens are pending.
    readRows: states.onDevice ? (rows) => rows : readRows,
    positions,
    states,
    onMixed: probe ? onMixed : undefined,
  });
  graph.output(logits, names.logits, 'float32', ['wanted', model.vocabulary]);
  if (states.onDevice) tellTokens(graph, states);
  return { builder: graph, states };
}

export function noStates(provider: Provider): StateLayout {
  return {
    recurrent: [],
    pending: [],
    windows: [],
    rotations: [],
    longestRun: Infinity,
    onDevice: provider === 'webgpu',
  };
}

export function chosenForms(precision: Precision, { provider = 'cpu', stored }: GraphOptions): Forms {
  const wanted = formsOf(precision, provider);
  return stored ? restoring(wanted, formsOf(stored, 'cpu')) : wanted;
}

/** `ids [T]`, or [1, 1] in a graph for one token -> logits of the wanted positions [wanted, vocabulary], through all of the model's layers. */
export function modelLogits(
  model: ModelDescription,
  ids: Value,
  shared: Omit<LayerContext, 'width' | 'prefix' | 'last' | 'normed'>,
): Value {
  const { graph, forms, wantedRows } = shared;
  const { width, vocabulary, layers } = model;
  const embedding = matrix(model.embedding, vocabulary, width);
  const head = matrix(model.head ?? model.embedding, vocabulary, width);

  let stream = forms.embedding.lookup(graph, ids, embedding);
  const { embeddingFactor = 1 } = model;
  if (embeddingFactor !== 1) stream = graph.mul(stream, graph.float(embeddingFactor));
  let delta: Value | undefined;
  const norm = (by: Norm): Value => {
    if (delta === undefined) return normalize(graph, stream, by, width);
    const added = addAndNorm(graph, stream, delta, by, width);
    stream = added.stream;
    return added.normed;
  };

  for (const [index, layer] of layers.entries()) {
    const last = index === layers.length - 1;
    const normed = shared.run === 'token' && isJoined(layer.mixerNorm);
    const prefix = `layers.${index}`;
    const context: LayerContext = {
      ...shared,
      width,
      prefix,
      last,
      normed,
      residualFactor: model.residualFactor,
    };
    delta = buildMixer(context, norm(layer.mixerNorm), layer.mixer);
    if (last) stream = wantedRows(stream);
    if (layer.channel) {
      const { channel } = layer;
      delta = buildChannel(context, norm(channel.norm), channel);
    }
  }
  const final = norm(model.finalNorm);
  return forms.embedding.head(graph, shared.run === 'token' ? graph.squeeze(final, 0) : final, head);
}

/** Cuts a value to its last rows, from where the host says; each value once. */
function lastRows(graph: GraphBuilder, from: Value): (value: Value) => Value {
  const start = graph.hostInput(from, 'int64', [1]);
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
    tensors.push(...normTensors(mixerNorm, width), ...mixerTensors(mixer, width));
    if (channel) tensors.push(...normTensors(channel.norm, width), ...channelTensors(channel, width));
  }
  tensors.push(...normTensors(model.finalNorm, width));
  if (model.head !== undefined) tensors.push([model.head, [vocabulary, width]]);
  return new Map(tensors);
}
