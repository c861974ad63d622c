import type { TensorValue } from './pickle-values';

/** Whether the elements lie one after the other in row-major order. */
export function isContiguous({ shape, strides }: TensorValue): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] === 0) return true;
    // The stride of an axis of one element says nothing.
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis]!;
  }
  return true;
}

/** The part of the storage that the tensor lies in, in elements. */
export function spanOf({ offset, shape, strides }: TensorValue): { start: number; count: number } {
  const last = shape.reduce((sum, size, axis) => sum + (size - 1) * strides[axis]!, 0);
  return { start: offset, count: last + 1 };
}

/** The elements in row-major order, taken from the span that the tensor lies in. */
export function gather({ shape, strides }: TensorValue, span: Float32Array): Float32Array {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  const index = new Array<number>(shape.length).fill(0);
  let place = 0;
  for (let i = 0; i < values.length; i++) {
    values[i] = span[place]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      place -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return values;
}
