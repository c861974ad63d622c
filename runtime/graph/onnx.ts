import { ProtobufWriter } from './protobuf';

/** Element types by the name that ONNX gives them, with its number. */
export const elementTypes = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9, float16: 10 } as const;
export type ElementType = keyof typeof elementTypes;
export const bytesOf: Record<ElementType, number> = {
  float32: 4,
  uint8: 1,
  int32: 4,
  int64: 8,
  bool: 1,
  float16: 2,
};

export type Attribute = number | string | { float: number } | { ints: number[] } | { graph: ProtobufWriter };
/** A number is fixed, a string names a size that may differ from run to run. */
export type Dimension = number | string;

/** Where a tensor lies in a file beside the model. */
export interface ExternalData {
  location: string;
  offset: number;
  length: number;
}

// The numbers below are field numbers of onnx.proto3.

export function tensorProto(
  name: string,
  type: ElementType,
  shape: readonly number[],
  data: Uint8Array | ExternalData,
): ProtobufWriter {
  const proto = new ProtobufWriter();
  for (const size of shape) proto.integer(1, size);
  proto.integer(2, elementTypes[type]).string(8, name);
  if (data instanceof Uint8Array) return proto.bytes(9, data);
  for (const [key, value] of Object.entries(data))
    proto.message(13, new ProtobufWriter().string(1, key).string(2, String(value)));
  return proto.integer(14, 1);
}

export function nodeProto(
  name: string,
  operator: string,
  domain: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, Attribute>>,
): ProtobufWriter {
  const proto = new ProtobufWriter();
  for (const input of inputs) proto.string(1, input);
  for (const output of outputs) proto.string(2, output);
  proto.string(3, name).string(4, operator);
  for (const [key, value] of Object.entries(attributes)) proto.message(5, attributeProto(key, value));
  if (domain) proto.string(7, domain);
  return proto;
}

function attributeProto(name: string, value: Attribute): ProtobufWriter {
  const proto = new ProtobufWriter().string(1, name);
  if (typeof value === 'number') return proto.integer(3, value).integer(20, 2);
  if (typeof value === 'string') return proto.string(4, value).integer(20, 3);
  if ('float' in value) return proto.float(2, value.float).integer(20, 1);
  if ('graph' in value) return proto.message(6, value.graph).integer(20, 5);
  for (const item of value.ints) proto.integer(8, item);
  return proto.integer(20, 7);
}

export function valueInfoProto(name: string, type: ElementType, shape: readonly Dimension[]): ProtobufWriter {
  const dimensions = new ProtobufWriter();
  for (const size of shape) {
    const dimension = new ProtobufWriter();
    dimensions.message(1, typeof size === 'number' ? dimension.integer(1, size) : dimension.string(2, size));
  }
  const tensor = new ProtobufWriter().integer(1, elementTypes[type]).message(2, dimensions);
  return new ProtobufWriter().string(1, name).message(2, new ProtobufWriter().message(1, tensor));
}

export interface GraphParts {
  name: string;
  nodes: ProtobufWriter[];
  initializers: ProtobufWriter[];
  inputs: ProtobufWriter[];
  outputs: ProtobufWriter[];
}

/** Brings Attention, which the CPU has; it needs IR version 11. */
export const newestOperatorSet = 23;
const irVersion = 11;

/** A whole model's graph, or one inside a node of another. */
export function graphProto(graph: GraphParts): ProtobufWriter {
  const proto = new ProtobufWriter();
  for (const node of graph.nodes) proto.message(1, node);
  proto.string(2, graph.name);
  for (const initializer of graph.initializers) proto.message(5, initializer);
  for (const input of graph.inputs) proto.message(11, input);
  for (const output of graph.outputs) proto.message(12, output);
  return proto;
}

export function modelBytes(graph: GraphParts, operatorSet: number): Uint8Array {
  const domain = (name: string, version: number) => new ProtobufWriter().string(1, name).integer(2, version);
  return new ProtobufWriter()
    .integer(1, irVersion)
    .string(2, 'longview')
    .message(7, graphProto(graph))
    .message(8, domain('', operatorSet))
    .message(8, domain('com.microsoft', 1))
    .finish();
}
