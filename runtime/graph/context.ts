import type { GraphBuilder, Value } from './builder';
import type { Dimension, ElementType } from './onnx';
import type { Forms } from './precision';
import type { StateLayout } from './states';
import {
  nameOf,
  readSource,
  scaledMatrix,
  type Matrix,
  type Source,
  type StoredTensor,
} from './stored-tensors';

/** What the graph runs on. Not every operator exists everywhere, nor is the same form the fastest. */
export type Provider = 'cpu' | 'webgpu';

/** Runs that graphs of their own are built for. */
export type RunKind = 'token' | 'block';

/** One of several tokens that a run reads, each of which the graph has chosen before. */
export interface Step {
  index: number;
  /** int32 [1]: how many tokens the keys and values of a window hold before it. */
  kept(window: number): Value;
  /** Gives what an operator may write in place, so that whoever runs the graph can have it do so in every step. */
  giveAsWell(value: Value, type: ElementType, shape: readonly Dimension[]): void;
}

/** What a mixer or channel mixer is given to build its part of the graph with. */
export interface LayerContext {
  graph: GraphBuilder;
  provider: Provider;
  forms: Forms;
  /** Size of the residual stream. */
  width: number;
  /** Prefix of the layer's names, such as `layers.3`. */
  prefix: string;
  /** What the graph is built for: runs of one token, or of blocks (see `blocks`); absent = of any number. */
  run?: RunKind;
  /** A mixer's input is what a norm gives that the runtime can join with the product that alone reads it (see `addSpareProducts`). */
  normed?: boolean;
  /** What is added to the stream is multiplied by it, which last matrices take in (see `intoStream`); absent = 1. */
  residualFactor?: number;
  /** Told what every mixer gives, for comparisons. */
  onMixed?: (mixed: Value) => void;
  /** In the last layer only the rows of the wanted positions have a use: a mixer gives those alone. */
  last: boolean;
  /** Rows (axis 0) of the wanted positions. */
  wantedRows(x: Value): Value;
  /** Rows (axis 0) of the read tokens, where a value has those of pending ones before them. */
  readRows(x: Value): Value;
  /** float32 [T]: the positions of the tokens this run reads; absent where it reads one, which sees all that is kept. */
  positions?: Value;
  /** Which of a graph's steps this is, where it takes several. */
  step?: Step;
  /** Where a mixer that carries something from token to token declares it. */
  states: StateLayout;
}

/** A vector of the checkpoint, each value mapped, then repeated. */
export function vector(
  source: Source,
  size: number,
  options: { map?: (value: number) => number; repeat?: number; as?: string } = {},
): StoredTensor {
  const { map = (value) => value, repeat = 1, as = nameOf(source, size) } = options;
  const load = readSource(source, size, 1);
  return {
    name: as,
    type: 'float32',
    shape: [size * repeat],
    make: (read) => {
      const values = load(read);
      return Float32Array.from({ length: size * repeat }, (_, i) => map(values[Math.floor(i / repeat)]!));
    },
  };
}

/** A bias of the checkpoint, multiplied by `factor`, where there is one. */
export function biasOf(source: Source | undefined, size: number, factor = 1): StoredTensor | undefined {
  const scaled = factor === 1 ? {} : { map: (value: number) => value * factor };
  return source === undefined ? undefined : vector(source, size, scaled);
}

/** The last product of a mixer or a channel mixer: rows of `matrix.columns` numbers -> rows of `width`, as they are added to the stream. */
export function intoStream(context: LayerContext, x: Value, matrix: Matrix, bias?: Source): Value {
  const { graph, forms, width, residualFactor = 1 } = context;
  const scaled = scaledMatrix(matrix, residualFactor);
  return forms.outOf.multiply(graph, x, scaled, biasOf(bias, width, residualFactor));
}

/** The tensors that a model has of those that its kind may have. */
export function tensorsOf(
  tensors: readonly [name: string | undefined, shape: number[]][],
): [name: string, shape: number[]][] {
  return tensors.filter((tensor): tensor is [string, number[]] => tensor[0] !== undefined);
}
