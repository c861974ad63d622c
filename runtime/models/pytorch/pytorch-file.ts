import { UserError } from '../../protocol/errors';
import type { CheckpointFile } from '../checkpoint';
import { elementBytes, toFloat32 } from '../numbers';
import { WeightsSource } from '../weights-source';
import { PickleError } from './pickle-error';
import { readPickle } from './pickle';
import { TensorValue } from './pickle-values';
import { gather, isContiguous, spanOf } from './strides';
import { readStoredArchive, type Place } from './stored-archive';

const largestPickle = 100_000_000;

/**
 * The weights that `torch.save` writes of a state dictionary: a zip archive with a pickle that names the tensors, and
 * one entry of raw numbers for each storage. The pickle is read, never run.
 */
export class PytorchFile implements CheckpointFile {
  private gathered?: { name: string; values: Float32Array };

  private constructor(
    private readonly source: WeightsSource,
    readonly tensors: ReadonlyMap<string, TensorValue>,
    private readonly storages: ReadonlyMap<string, Place>,
  ) {}

  /** @throws UserError where the file is missing, damaged, or holds anything else than tensors */
  static open(file: string): PytorchFile {
    const source = WeightsSource.open(file);
    try {
      const { tensors, storages } = readArchive(source);
      return new PytorchFile(source, tensors, storages);
    } catch (error) {
      source.close();
      throw error;
    }
  }

  close(): void {
    this.source.close();
  }

  float32(name: string, from = 0, to?: number): Float32Array {
    const tensor = this.tensors.get(name);
    if (!tensor)
      throw new UserError(`${this.source.file} holds no tensor "${name}". Download the model again.`);
    if (!isContiguous(tensor)) {
      // Large tensors are asked for in parts, one after the other.
      if (this.gathered?.name !== name)
        this.gathered = { name, values: gather(tensor, this.numbers(name, tensor, spanOf(tensor))) };
      return this.gathered.values.slice(from, to);
    }
    const count = tensor.shape.reduce((product, size) => product * size, 1);
    return this.numbers(name, tensor, { start: tensor.offset + from, count: (to ?? count) - from });
  }

  /** A run of numbers of the tensor's storage. */
  private numbers(
    name: string,
    { storage }: TensorValue,
    run: { start: number; count: number },
  ): Float32Array {
    const size = elementBytes[storage.element];
    const { start } = this.storages.get(storage.key)!;
    const values = toFloat32(storage.element, this.source.read(start + run.start * size, run.count * size));
    if (values) return values;
    throw new UserError(
      `${this.source.file}: the tensor "${name}" holds whole numbers (${storage.element}), but numbers with a fraction are needed. ` +
        'Download the model in its original form.',
    );
  }
}

function readArchive(source: WeightsSource) {
  const places = readStoredArchive(source);
  const pickles = [...places.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickles.length !== 1) throw source.damaged('its archive does not hold one data.pkl');
  const pickle = places.get(pickles[0]!)!;
  if (pickle.length > largestPickle) throw source.damaged(`its data.pkl claims ${pickle.length} bytes`);
  const prefix = pickles[0]!.slice(0, -'data.pkl'.length);
  const order = places.get(`${prefix}byteorder`);
  if (order && new TextDecoder().decode(source.read(order.start, Math.min(order.length, 16))) !== 'little')
    throw source.damaged('its numbers are not stored least byte first');

  const tensors = readTensors(source, pickle);
  const storages = new Map<string, Place>();
  for (const [name, { storage }] of tensors) {
    const place = places.get(`${prefix}data/${storage.key}`);
    if (!place || place.length < storage.count * elementBytes[storage.element])
      throw source.damaged(`the numbers of the tensor "${name.slice(0, 100)}" are missing or cut short`);
    storages.set(storage.key, place);
  }
  return { tensors, storages };
}

function readTensors(source: WeightsSource, pickle: Place): Map<string, TensorValue> {
  try {
    const value = readPickle(source.read(pickle.start, pickle.length));
    if (!(value instanceof Map)) throw new PickleError('something else than a dictionary of tensors');
    const tensors = new Map<string, TensorValue>();
    for (const [name, item] of value)
      if (typeof name === 'string' && item instanceof TensorValue) tensors.set(name, item);
    if (tensors.size === 0) throw new PickleError('a dictionary without tensors');
    return tensors;
  } catch (error) {
    if (!(error instanceof PickleError)) throw error;
    throw new UserError(
      `${source.file} is refused: its pickle holds ${error.message}, and only tensors are read. ` +
        'Download the model as safetensors, or save its state_dict alone.',
      { cause: error },
    );
  }
}
