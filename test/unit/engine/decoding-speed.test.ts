import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DecodingSpeed, decodingSpeeds } from '../../../runtime/engine/decoding-speed';
import { temporaryFolder } from '../fixtures/model-folder';

let root: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  root = temporaryFolder();
});
afterEach(() => root.remove());

test('the median of many tokens is remembered, for each model', () => {
  const cache = path.join(root.path, 'cache');
  const [first, second] = [new DecodingSpeed(cache, 'first'), new DecodingSpeed(cache, 'second')];
  for (let i = 0; i < 63; i++) first.add(i % 10 === 0 ? 500 : 5);
  expect(decodingSpeeds(cache)).toEqual({});
  first.add(5);
  for (let i = 0; i < 64; i++) second.add(7);
  expect(decodingSpeeds(cache)).toEqual({ first: 5, second: 7 });
  for (let i = 0; i < 64; i++) first.add(4);
  expect(decodingSpeeds(cache)).toEqual({ first: 4, second: 7 });
});

test('a file that is damaged counts as none', () => {
  mkdirSync(root.path, { recursive: true });
  for (const text of ['{', '[]', '{"a": "fast"}', 'null']) {
    writeFileSync(path.join(root.path, 'speeds.json'), text);
    expect(decodingSpeeds(root.path)).toEqual({});
  }
});
