import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { checkCheckpoint, isEncoder, type Described } from '../architectures';
import type { GraphBuilder } from '../graph/builder';
import { choosing, type Choice } from '../graph/choice';
import type { Provider } from '../graph/context';
import { buildEncoderGraph } from '../graph/encoder-graph';
import { buildGreedyGraph } from '../graph/greedy-graph';
import {
  buildModelGraph,
  noStates,
  weightsVersion,
  type GraphOptions,
  type ModelGraph,
} from '../graph/model-graph';
import type { ElementType } from '../graph/onnx';
import type { Precision } from '../graph/precision';
import type { StateLayout } from '../graph/states';
import type { ReadTensor, StoredTensor } from '../graph/stored-tensors';
import { UserError } from '../protocol/errors';
import type { Checkpoint } from './checkpoint';
import type { ElementName } from './numbers';
import { partialPath } from './partial';
import { SafetensorsFile } from './safetensors';
import { layoutSafetensors, writingSafetensors, type SafetensorsLayout } from './safetensors-writer';

export const graphFile = 'graph.onnx';
/** The same for processors whose products of signed bytes are exact, where the precision has any: twice as fast. */
export const signedGraphFile = 'graph.signed.onnx';
export const weightsFile = 'model.safetensors';

/** Times that a model's weights are in memory: where CPU and GPU read it in turn, each has its own. */
export const copiesOfWeights: Record<Provider | 'mixed', number> = { cpu: 1, webgpu: 1, mixed: 2 };

/** Everything about a compiled model that follows from its description: no weight has been read yet. */
export interface CompilationPlan {
  precision: Precision;
  /** ONNX by file name: `graphFile` and perhaps `signedGraphFile`. Their weights lie in `weightsFile` beside them. */
  graphs: ReadonlyMap<string, Uint8Array>;
  layout: SafetensorsLayout;
  tensors: StoredTensor[];
  states: StateLayout;
}

const safetensorsType: Record<ElementType, ElementName> = {
  float32: 'F32',
  float16: 'F16',
  uint8: 'U8',
  int32: 'I32',
  int64: 'I64',
  bool: 'BOOL',
};

/**
 * @param source what the weights were made from (a checksum); kept in the file
 */
export function planCompilation(
  model: Described,
  precision: Precision,
  source: string,
  options: Omit<GraphOptions, 'signedBytes' | 'run'> = {},
): CompilationPlan {
  const { builder, states } = buildGraph(model, precision, options);
  const { stored } = options;
  const known = stored
    ? buildGraph(model, stored, {})
        .builder.storedTensors()
        .map(({ name }) => name)
    : [];
  const tensors = asStored(builder.storedTensors(), new Set(known));
  const plans = tensors.map(({ name, type, shape }) => ({ name, type: safetensorsType[type], shape }));
  const layout = layoutSafetensors(plans, {
    format: 'longview',
    family: model.family,
    precision,
    graphVersion: String(weightsVersion),
    source,
  });
  const places = new Map(layout.tensors.map((tensor) => [tensor.name, tensor]));
  const finished = (from: GraphBuilder) =>
    from.finish(model.family, ({ name }) => {
      const { offset, length } = places.get(name)!;
      return { location: weightsFile, offset, length };
    });
  const graphs = new Map([[graphFile, finished(builder)]]);
  if (options.provider !== 'webgpu') {
    const signed = finished(buildGraph(model, precision, { ...options, signedBytes: true }).builder);
    if (Buffer.compare(signed, graphs.get(graphFile)!) !== 0) graphs.set(signedGraphFile, signed);
  }
  return { precision, graphs, layout, tensors, states };
}

/** What is no matrix is stored the same in every precision: it is taken as it is, not made anew. */
function asStored(tensors: StoredTensor[], known: ReadonlySet<string>): StoredTensor[] {
  return tensors.map((tensor) =>
    known.has(tensor.name) ? { ...tensor, make: (read) => read(tensor.name) } : tensor,
  );
}

function buildGraph(model: Described, precision: Precision, options: GraphOptions): ModelGraph {
  if (isEncoder(model))
    return { builder: buildEncoderGraph(model, precision, options), states: noStates('cpu') };
  const { builder, states } = buildModelGraph(model, precision, options);
  if (options.provider !== 'webgpu') return { builder, states };
  const choices: Choice[] = [
    { branch: 'greedy', graph: buildGreedyGraph(model, precision, options).builder },
    { branch: 'block', graph: buildModelGraph(model, precision, { ...options, run: 'block' }).builder },
  ];
  return { builder: choosing(choices, builder), states };
}

/**
 * Writes graph and weights into `folder`. They appear there whole or not at all.
 * @throws UserError where the checkpoint does not fit the description
 */
export function writeCompiled(
  folder: string,
  plan: CompilationPlan,
  model: Described,
  checkpoint: Checkpoint,
): void {
  const compiling = compilingSteps(folder, plan, model, checkpoint);
  while (!compiling.next().done);
}

/** The same in steps of a tensor each, with the bytes of weights written so far; stopping in between leaves nothing. */
export function* compilingSteps(
  folder: string,
  plan: CompilationPlan,
  model: Described,
  checkpoint: Checkpoint,
): Generator<number, void, void> {
  checkCheckpoint(model, (name) => checkpoint.tensors.get(name)?.shape);
  const byName = new Map(plan.tensors.map((tensor) => [tensor.name, tensor]));
  const partial = partialPath(folder);
  mkdirSync(partial, { recursive: true, mode: 0o700 });
  try {
    const read = finiteNumbers(checkpoint);
    const content = (name: string) => {
      const tensor = byName.get(name)!;
      return checkpoint.bits && tensor.draw ? tensor.draw(checkpoint.bits(name)) : tensor.make(read);
    };
    yield* writingSafetensors(path.join(partial, weightsFile), plan.layout, content);
    for (const [name, graph] of plan.graphs) writeFileSync(path.join(partial, name), graph);
    rmSync(folder, { recursive: true, force: true });
    try {
      renameSync(partial, folder);
    } catch (error) {
      // Another process put the same model there in the meantime: its copy is as good.
      if (!isCompiled(folder, plan)) throw error;
    }
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** Reads tensors, and refuses numbers that would spoil every answer of the model. */
function finiteNumbers(checkpoint: Checkpoint): ReadTensor {
  return (name, from, to) => {
    const values = checkpoint.float32(name, from, to);
    for (let i = 0; i < values.length; i++)
      if (!Number.isFinite(values[i]))
        throw new UserError(
          `The tensor "${name}" holds ${values[i]} at ${(from ?? 0) + i}, and a model cannot compute with it. ` +
            'Download the model again; if it stays so, the model itself is broken.',
        );
    return values;
  };
}

/** Whether `folder` holds this very compilation, whole. Reads the graph and the weights' header, not the weights. */
export function isCompiled(folder: string, plan: CompilationPlan): boolean {
  try {
    checkCompiled(folder, plan);
    return true;
  } catch {
    return false;
  }
}

/** @throws UserError that says what is wrong with the compiled files in `folder` */
export function checkCompiled(folder: string, plan: CompilationPlan): void {
  const weights = SafetensorsFile.open(path.join(folder, weightsFile));
  weights.close();
  for (const { name, offset, length } of plan.layout.tensors) {
    const entry = weights.tensors.get(name);
    if (entry?.start !== offset || entry.end - entry.start !== length)
      throw new UserError(
        `${path.join(folder, weightsFile)} was made by another version of Longview (tensor "${name}"). Install Longview again.`,
      );
  }
  for (const [name, expected] of plan.graphs) checkGraph(path.join(folder, name), expected);
}

function checkGraph(file: string, expected: Uint8Array): void {
  let graph: Uint8Array;
  try {
    graph = readFileSync(file);
  } catch (error) {
    throw new UserError(`${file} cannot be read. Install Longview again.`, { cause: error });
  }
  if (Buffer.compare(graph, expected) !== 0)
    throw new UserError(
      `${file} is damaged or was made by another version of Longview. Install Longview again.`,
    );
}
