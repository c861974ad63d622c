import { expect, test } from 'vitest';
import { describedTensors, describeModel } from '../../../runtime/architectures';
import { randomShapes } from '../../../runtime/models/random-shapes';
import { transformerLike } from '../../../runtime/models/transformer-like';
import * as families from '../fixtures/tiny-families';

const parameters = (config: object) =>
  [...describedTensors(describeModel(config)).values()].reduce(
    (sum, shape) => sum + shape.reduce((product, size) => product * size, 1),
    0,
  );

test.each(Object.entries(randomShapes))('a Transformer of the size of %s', (_, config) => {
  const other = describeModel(config);
  const made = transformerLike(other);
  expect(parameters(made) / parameters(config)).toBeCloseTo(1, 2);
  expect(describeModel(made)).toMatchObject({
    family: 'llama',
    width: other.width,
    vocabulary: other.vocabulary,
  });
});

test.each(Object.entries(families))('a tiny %s has one as well', (_, config) => {
  const { layers } = describeModel(transformerLike(describeModel(config)));
  expect(layers.length).toBeGreaterThan(0);
});
