import type { ElementName } from '../numbers';

/** What a pickle of tensors is made of. Nothing of it is code. */
export type PickleValue =
  | null
  | boolean
  | number
  | string
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | PickleGlobal
  | StorageValue
  | TensorValue;

/** A name of Python that a pickle refers to: a storage's type, or a function of the few that make tensors. */
export class PickleGlobal {
  constructor(
    readonly name: string,
    readonly element?: ElementName,
  ) {}
}

/** The numbers of one or more tensors: an entry of the archive. */
export class StorageValue {
  constructor(
    readonly key: string,
    readonly element: ElementName,
    readonly count: number,
  ) {}
}

/** A view of a storage; offset and strides count elements. */
export class TensorValue {
  constructor(
    readonly storage: StorageValue,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {}
}

/** Type of the elements by the name of the storage's class in `torch`. */
export const storageTypes: Readonly<Record<string, ElementName>> = {
  FloatStorage: 'F32',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  DoubleStorage: 'F64',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
};
