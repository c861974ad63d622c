import {
  graphProto,
  modelBytes,
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

/** A value and its shape, for where the runtime is told both. */
export interface Shaped {
  value: Value;
  shape: readonly Dimension[];
}

/** What one step makes: the states behind it, and a row of each output. */
export interface Stepped {
  states: readonly Value[];
  rows: readonly Shaped[];
}

export interface Scanned {
  states: Value[];
  rows: Value[];
}

export type ScanStep = (body: GraphBuilder, states: readonly Value[], rows: readonly Value[]) => Stepped;
export type LoopStep = (body: GraphBuilder, states: readonly Value[], index: Value) => Stepped;

/**
 * Builds one ONNX graph node by node. Weights are declared by what they are (`weight`), and get their place in the
 * weights file only when the model is written, so that a graph can be built before its weights exist.
 */
export class GraphBuilder {
  private readonly nodes: ProtobufWriter[] = [];
  private readonly constants = new Map<string, ProtobufWriter>();
  private readonly inputs = new Map<Value, ProtobufWriter>();
  private readonly outputs = new Map<Value, ProtobufWriter>();
  private readonly weights = new Map<Value, { tensor: StoredTensor; shape: number[] }>();
  private readonly values = new Map<string, Value>();
  private named = 0;

  /**
   * @param signedBytes products of bytes take the weights as signed: see `rowScaledU8Product`
   * @param scope begins the names inside a graph that is part of another, which must differ from those around it
   */
  constructor(
    readonly signedBytes = false,
    private readonly scope = '',
  ) {}

  input(name: Value, type: ElementType, shape: readonly Dimension[]): Value {
    if (!this.inputs.has(name)) this.inputs.set(name, valueInfoProto(name, type, shape));
    return name;
  }

  /** Makes `value` an output of the graph called `name`. */
  output(value: Value, name: string, type: ElementType, shape: readonly Dimension[]): void {
    if (value !== name) this.push('Identity', [value], {}, [name]);
    this.outputs.set(name, valueInfoProto(name, type, shape));
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

  /**
   * Takes `states` through the rows (axis 0) of `rows`, of which there is at least one. `step` may use values of this
   * graph. Shapes are those of a state and of one row.
   * @returns the last states, and what the steps gave, stacked
   */
  scan(name: string, states: readonly Shaped[], rows: readonly Shaped[], step: ScanStep): Scanned {
    const body = new GraphBuilder(this.signedBytes, `${name}/`);
    const stepped = step(body, body.shapedInputs('state', states), body.shapedInputs('row', rows));
    const inputs = [...states, ...rows].map(({ value }) => value);
    const attributes = { body: body.asBody(name, states, stepped), num_scan_inputs: rows.length };
    return this.scanned('Scan', inputs, attributes, stepped);
  }

  /**
   * The same with `count` steps, an int64 that may be 0, which a scan refuses; a step is given its number instead of
   * rows.
   */
  loop(name: string, count: Value, states: readonly Shaped[], step: LoopStep): Scanned {
    const body = new GraphBuilder(this.signedBytes, `${name}/`);
    const index = body.input(`${name}/index`, 'int64', []);
    const goOn = body.input(`${name}/go on`, 'bool', []);
    const stepped = step(body, body.shapedInputs('state', states), index);
    body.output(body.node('Identity', [goOn]), `${name}/going on`, 'bool', []);
    const inputs = [count, '', ...states.map(({ value }) => value)];
    return this.scanned('Loop', inputs, { body: body.asBody(name, states, stepped) }, stepped);
  }

  private shapedInputs(kind: string, outer: readonly Shaped[]): Value[] {
    return outer.map(({ shape }, i) => this.input(`${this.scope}${kind}.${i}`, 'float32', shape));
  }

  /** This graph as another's node has it inside. */
  private asBody(name: string, before: readonly Shaped[], { states, rows }: Stepped): Attribute {
    const outputs = [...states.map((value, i) => ({ value, shape: before[i]!.shape })), ...rows];
    for (const { value, shape } of outputs) this.output(value, value, 'float32', shape);
    return { graph: graphProto(this.parts(name, [])) };
  }

  private scanned(
    operator: string,
    inputs: readonly Value[],
    attributes: Record<string, Attribute>,
    { states, rows }: Stepped,
  ): Scanned {
    const outputs = [...states, ...rows].map(() => undefined);
    const results = this.nodeWithOutputs(operator, inputs, attributes, outputs);
    return { states: results.slice(0, states.length), rows: results.slice(states.length) };
  }

  /** The model as ONNX, its weights found where `place` says. */
  finish(name: string, place: (tensor: StoredTensor) => ExternalData): Uint8Array {
    const weights = [...this.weights].map(([value, { tensor, shape }]) =>
      tensorProto(value, tensor.type, shape, place(tensor)),
    );
    return modelBytes(this.parts(name, weights));
  }

  private parts(name: string, weights: readonly ProtobufWriter[]): GraphParts {
    return {
      name,
      nodes: this.nodes,
      initializers: [...this.constants.values(), ...weights],
      inputs: [...this.inputs.values()],
      outputs: [...this.outputs.values()],
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
    const name = `${this.nodes.length}:${operator}`;
    this.nodes.push(nodeProto(name, operator, domain, inputs, outputs, attributes));
    return outputs;
  }
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
  'SkipSimplifiedLayerNormalization',
]);
