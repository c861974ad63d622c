import {
  graphProto,
  modelBytes,
  newestOperatorSet,
  nodeProto,
  tensorProto,
  valueInfoProto,
  type Attribute,
  type Dimension,
  type ElementType,
  type ExternalData,
  type GraphParts,
} from './onnx';
import type { ProtobufWriter } from './protobuf';
import type { StoredTensor } from './stored-tensors';

/** Name of a value in the graph. */
export type Value = string;

const microsoft = 'com.microsoft';

/** What is known of an input or output of a graph. */
export interface Declared {
  type: ElementType;
  shape: readonly Dimension[];
  /** Operators take it from main memory, wherever they run. */
  onHost?: boolean;
}

/**
 * Builds one ONNX graph node by node. Weights are declared by what they are (`weight`), and get their place in the
 * weights file only when the model is written, so that a graph can be built before its weights exist.
 */
export class GraphBuilder {
  private readonly nodes: ProtobufWriter[] = [];
  private readonly constants = new Map<string, ProtobufWriter>();
  private readonly inputs = new Map<Value, Declared>();
  private readonly outputs = new Map<Value, Declared>();
  private readonly weights = new Map<Value, { tensor: StoredTensor; shape: number[] }>();
  private readonly values = new Map<string, Value>();
  protected readonly operatorSet: number = newestOperatorSet;
  private named = 0;
  private pushed = 0;

  /**
   * @param signedBytes products of bytes take the weights as signed: see `rowScaledU8Product`
   * @param scope begins the names inside a graph that is part of another, which must differ from those around it
   */
  constructor(
    readonly signedBytes = false,
    private readonly scope = '',
  ) {}

  input(name: Value, type: ElementType, shape: readonly Dimension[]): Value {
    if (!this.inputs.has(name)) this.inputs.set(name, { type, shape });
    return name;
  }

  /** One that operators take from main memory, such as where to cut or how large to make something. */
  hostInput(name: Value, type: ElementType, shape: readonly Dimension[]): Value {
    this.inputs.set(name, { type, shape, onHost: true });
    return name;
  }

  /** What were inputs is made by the nodes that `make` adds, under the same names and in front of all others. */
  instead(inputs: readonly Value[], make: () => void): void {
    for (const name of inputs) this.inputs.delete(name);
    const others = this.nodes.splice(0);
    make();
    this.nodes.push(...others);
  }

  /** Makes `value` an output of the graph called `name`. */
  output(value: Value, name: string, type: ElementType, shape: readonly Dimension[]): void {
    if (value !== name) this.push('Identity', [value], {}, [name]);
    this.outputs.set(name, { type, shape });
  }

  /**
   * A tensor of the weights file. With `view`, the same bytes under another shape, as operators that share a tensor
   * may want it differently.
   */
  weight(tensor: StoredTensor, view?: { suffix: string; shape: number[] }): Value {
    const name = view ? `${tensor.name}:${view.suffix}` : tensor.name;
    if (!this.weights.has(name)) this.weights.set(name, { tensor, shape: view?.shape ?? tensor.shape });
    return name;
  }

  /** Every tensor that the weights file must hold, once each. */
  storedTensors(): StoredTensor[] {
    const byName = new Map([...this.weights.values()].map(({ tensor }) => [tensor.name, tensor]));
    return [...byName.values()];
  }

  /** The value that `make` builds, built once for each `key`. */
  once(key: string, make: () => Value): Value {
    let value = this.values.get(key);
    if (value === undefined) this.values.set(key, (value = make()));
    return value;
  }

  node(operator: string, inputs: readonly Value[], attributes: Record<string, Attribute> = {}): Value {
    return this.push(operator, inputs, attributes, [this.fresh(operator)])[0]!;
  }

  /** A node with several outputs; an empty name leaves one out, `undefined` names it freshly. */
  nodeWithOutputs(
    operator: string,
    inputs: readonly Value[],
    attributes: Record<string, Attribute>,
    outputs: readonly (string | undefined)[],
  ): Value[] {
    return this.push(
      operator,
      inputs,
      attributes,
      outputs.map((name) => name ?? this.fresh(operator)),
    );
  }

  /** One-dimensional int64 constant. */
  ints(...items: number[]): Value {
    const data = BigInt64Array.from(items, BigInt);
    return this.constant(`ints(${items.join(',')})`, 'int64', [items.length], data);
  }

  /** int64 constant without dimensions. */
  int(item: number): Value {
    return this.constant(`int(${item})`, 'int64', [], BigInt64Array.of(BigInt(item)));
  }

  /** float32 constant without dimensions. */
  float(item: number): Value {
    return this.constant(`float(${item})`, 'float32', [], Float32Array.of(item));
  }

  constant(
    name: string,
    type: ElementType,
    shape: readonly number[],
    data: Float32Array | BigInt64Array | Uint8Array | Int32Array,
  ): Value {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const scoped = this.scope + name;
    if (!this.constants.has(scoped)) this.constants.set(scoped, tensorProto(scoped, type, shape, bytes));
    return scoped;
  }

  /** float32 constant [size] */
  ones(size: number): Value {
    return this.constant(`ones(${size})`, 'float32', [size], new Float32Array(size).fill(1));
  }

  add(a: Value, b: Value): Value {
    return this.node('Add', [a, b]);
  }

  mul(a: Value, b: Value): Value {
    return this.node('Mul', [a, b]);
  }

  sub(a: Value, b: Value): Value {
    return this.node('Sub', [a, b]);
  }

  matmul(a: Value, b: Value): Value {
    return this.node('MatMul', [a, b]);
  }

  /** `shape` as in Reshape: -1 is worked out, 0 keeps a size. */
  reshape(value: Value, shape: readonly number[]): Value {
    return this.node('Reshape', [value, this.ints(...shape)]);
  }

  transpose(value: Value, permutation: number[]): Value {
    return this.node('Transpose', [value], { perm: { ints: permutation } });
  }

  unsqueeze(value: Value, axis: number): Value {
    return this.node('Unsqueeze', [value, this.ints(axis)]);
  }

  squeeze(value: Value, axis: number): Value {
    return this.node('Squeeze', [value, this.ints(axis)]);
  }

  concat(values: readonly Value[], axis: number): Value {
    return this.node('Concat', values, { axis });
  }

  split(value: Value, sizes: readonly number[], axis: number): Value[] {
    return this.nodeWithOutputs(
      'Split',
      [value, this.ints(...sizes)],
      { axis },
      sizes.map(() => undefined),
    );
  }

  /** SiLU; the runtime's QuickGelu with alpha 1 is that function in one pass. */
  silu(value: Value): Value {
    return this.node('QuickGelu', [value], { alpha: { float: 1 } });
  }

  /** This graph as a node of another has it inside, with its own inputs and constants. */
  asBody(name: string): Attribute {
    return { graph: graphProto(this.parts(name, [])) };
  }

  /** What the graph takes, by name. */
  get declaredInputs(): ReadonlyMap<string, Declared> {
    return this.inputs;
  }

  /** What the graph gives, by name. */
  get declaredOutputs(): ReadonlyMap<string, Declared> {
    return this.outputs;
  }

  /** Has the inputs and weights of `other` besides its own: for what `asBranch` leaves out. */
  include(other: GraphBuilder): void {
    for (const [name, declared] of other.inputs) {
      const { shape } = declared;
      const known = this.inputs.get(name)?.shape ?? shape;
      // Sizes that differ get no name, which others of that name would have to agree with.
      const either = shape.map((size, axis) => (size === known[axis] ? size : ''));
      this.inputs.set(name, { ...declared, shape: either });
    }
    for (const [name, weight] of other.weights) this.weights.set(name, weight);
  }

  /** This graph, with `outputs` in that order, inside a node of another that has its inputs and weights. */
  asBranch(name: string, outputs: readonly string[]): Attribute {
    const { nodes, initializers } = this.parts(name, []);
    const given = declarations(outputs.map((output) => [output, this.outputs.get(output)!]));
    return { graph: graphProto({ name, nodes, initializers, inputs: [], outputs: given }) };
  }

  /** The model as ONNX, its weights found where `place` says; absent = it has none. */
  finish(name: string, place: (tensor: StoredTensor) => ExternalData = noPlace): Uint8Array {
    const weights = [...this.weights].map(([value, { tensor, shape }]) =>
      tensorProto(value, tensor.type, shape, place(tensor)),
    );
    return modelBytes(this.parts(name, weights), this.operatorSet);
  }

  private parts(name: string, weights: readonly ProtobufWriter[]): GraphParts {
    return {
      name,
      nodes: this.nodes,
      initializers: [...this.constants.values(), ...weights],
      inputs: declarations(this.inputs),
      outputs: declarations(this.outputs),
    };
  }

  private fresh(operator: string): Value {
    return `${this.scope}${operator}.${this.named++}`;
  }

  private push(
    operator: string,
    inputs: readonly Value[],
    attributes: Record<string, Attribute>,
    outputs: Value[],
  ): Value[] {
    const domain = microsoftOperators.has(operator) ? microsoft : '';
    const name = `${this.pushed++}:${operator}`;
    this.nodes.push(nodeProto(name, operator, domain, inputs, outputs, attributes));
    return outputs;
  }
}

function noPlace({ name }: StoredTensor): never {
  throw new Error(`The graph has no place for its weight ${name}`);
}

function declarations(values: Iterable<readonly [name: string, declared: Declared]>): ProtobufWriter[] {
  return [...values].map(([name, { type, shape }]) => valueInfoProto(name, type, shape));
}

/** Operators outside the ONNX standard that onnxruntime brings. */
const microsoftOperators = new Set([
  'CausalConvWithState',
  'FusedMatMul',
  'GatedAdd',
  'GatedRMSNorm',
  'GatherBlockQuantized',
  'GroupQueryAttention',
  'LinearAttention',
  'LinearAttentionGate',
  'MoE',
  'QMoE',
  'MatMulIntegerToFloat',
  'MatMulNBits',
  'QuickGelu',
  'RotaryEmbedding',
  'SkipSimplifiedLayerNormalization',
]);
