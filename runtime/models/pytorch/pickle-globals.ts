import { PickleError } from './pickle-error';
import { PickleGlobal, StorageValue, TensorValue, storageTypes, type PickleValue } from './pickle-values';

const dictionary = new PickleGlobal('collections.OrderedDict');
const tensor = new PickleGlobal('torch._utils._rebuild_tensor_v2');
const parameter = new PickleGlobal('torch._utils._rebuild_parameter');
const functions = new Map([dictionary, tensor, parameter].map((each) => [each.name, each]));

/** A name that the pickle uses. @throws PickleError for every name that is none of a tensor's */
export function find(module: string, name: string): PickleGlobal {
  const element = module === 'torch' && Object.hasOwn(storageTypes, name) ? storageTypes[name] : undefined;
  const found = element ? new PickleGlobal(`torch.${name}`, element) : functions.get(`${module}.${name}`);
  if (found) return found;
  throw new PickleError(`the name ${JSON.stringify(`${module}.${name}`.slice(0, 100))}`);
}

/** `callee(*args)`: of the three functions, what each makes; nothing is run. */
export function call(callee: PickleValue, args: PickleValue): PickleValue {
  if (!Array.isArray(args)) throw new PickleError('a call without arguments');
  if (callee === dictionary && args.length === 0) return new Map();
  if (callee === tensor) return tensorOf(args);
  if (callee === parameter && args[0] instanceof TensorValue) return args[0];
  throw new PickleError(
    `a call of ${callee instanceof PickleGlobal ? callee.name : 'a value'} that makes no tensor`,
  );
}

/** A persistent id: `('storage', TYPE, KEY, DEVICE, COUNT)`. */
export function storage(id: PickleValue): StorageValue {
  const [kind, type, key, , count] = Array.isArray(id) ? id : [];
  if (kind !== 'storage' || !(type instanceof PickleGlobal) || !type.element)
    throw new PickleError('a persistent id that is no storage');
  if (typeof key !== 'string' || !/^\d+$/.test(key) || !isCount(count))
    throw new PickleError('a storage without a key or a size');
  return new StorageValue(key, type.element, count);
}

/** `_rebuild_tensor_v2(storage, offset, shape, strides, ...)` */
function tensorOf([source, offset, shape, strides]: PickleValue[]): TensorValue {
  if (!(source instanceof StorageValue) || !isCount(offset) || !isCounts(shape) || !isCounts(strides))
    throw new PickleError('a tensor whose storage, offset, shape or strides are no such thing');
  if (shape.length !== strides.length) throw new PickleError('a tensor with a stride too many or too few');
  const elements = shape.reduce((product, size) => product * size, 1);
  const last = shape.reduce((sum, size, axis) => sum + (size - 1) * strides[axis]!, offset);
  // Fewer numbers than elements would let a small file claim any amount of memory.
  if (elements > 0 && (elements > source.count || last >= source.count))
    throw new PickleError(
      `a tensor [${shape.join(', ')}] that reaches beyond its storage of ${source.count}`,
    );
  return new TensorValue(source, offset, shape, strides);
}

function isCount(value: PickleValue | undefined): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isCounts(value: PickleValue | undefined): value is number[] {
  return Array.isArray(value) && value.length <= 16 && value.every(isCount);
}
