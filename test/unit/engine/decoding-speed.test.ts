import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DecodingSpeed, decodingSpeeds } from '../../../runtime/engine/decoding-speed';
import { temporaryFolder } from '../fixtures/model-folder';

let root: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  root = temporaryFolder();
});
afterEach(() => root.remove());

test('the median of the answers, each by its tokens together, is remembered for each model', async () => {
  const cache = path.join(root.path, 'cache');
  const [first, second] = [new DecodingSpeed(cache, 'first'), new DecodingSpeed(cache, 'second')];
  for (let i = 0; i < 7; i++) first.add(8, i === 3 ? 4000 : 40);
  first.add(3, 9000);
  expect(await decodingSpeeds(cache)).toEqual({});
  first.add(8, 40);
  for (let i = 0; i < 8; i++) second.add(8, 56);
  await vi.waitFor(async () => expect(await decodingSpeeds(cache)).toEqual({ first: 5, second: 7 }));
  for (let i = 0; i < 8; i++) first.add(8, 32);
  await vi.waitFor(async () => expect(await decodingSpeeds(cache)).toEqual({ first: 4, second: 7 }));
});

test('a file that is damaged counts as none', async () => {
  mkdirSync(root.path, { recursive: true });
  for (const text of ['{', '[]', '{"a": "fast"}', 'null']) {
    writeFileSync(path.join(root.path, 'speeds.json'), text);
    expect(await decodingSpeeds(root.path)).toEqual({});
  }
});
