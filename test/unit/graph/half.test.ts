import { expect, test } from 'vitest';
import { toHalf } from '../../../runtime/graph/half';
import { float16Product } from '../../../runtime/graph/products/float16';
import { GraphBuilder } from '../../../runtime/graph/builder';
import { matrix } from '../../../runtime/graph/stored-tensors';
import { halfToNumber } from '../../../runtime/models/numbers';
import { UserError } from '../../../runtime/protocol/errors';

const all = Uint16Array.from({ length: 0x7c00 }, (_, bits) => bits);
const numbers = Float32Array.from(all, halfToNumber);

test('every number in half precision comes back as it was, of either sign', () => {
  expect(toHalf(numbers)).toEqual(all);
  expect(toHalf(numbers.map((value) => -value))).toEqual(all.map((bits) => bits | 0x8000));
  expect(toHalf(Float32Array.of(Infinity, -Infinity))).toEqual(Uint16Array.of(0x7c00, 0xfc00));
  expect(halfToNumber(toHalf(Float32Array.of(NaN))[0]!)).toBeNaN();
});

test('what lies between two goes to the nearer, from the middle to the even one', () => {
  for (let bits = 0; bits < 0x7bff; bits++) {
    const [low, high] = [numbers[bits]!, numbers[bits + 1]!];
    const step = high - low;
    const middle = low + step / 2;
    const [below, at, above] = toHalf(Float32Array.of(middle - step / 64, middle, middle + step / 64));
    expect([below, at, above]).toEqual([bits, bits + (bits & 1), bits + 1]);
  }
});

test('a weight that half precision cannot hold is refused by name', () => {
  const graph = new GraphBuilder();
  float16Product('cpu').multiply(graph, graph.input('x', 'float32', [1, 2]), matrix('w', 1, 2));
  const [tensor] = graph.storedTensors();
  expect(tensor).toMatchObject({ type: 'float16', shape: [2, 1] });
  const make = () => tensor!.make(() => Float32Array.of(1, -70_000));
  expect(make).toThrow(/"w" holds -70000/);
  expect(make).toThrow(UserError);
});
