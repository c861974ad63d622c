import { describe, expect, it, beforeAll } from 'vitest';
import path from 'node:path';
import { reciprocalRankFusion } from '../../../runtime/retrieval/fusion';
import { quantise, VectorTable } from '../../../runtime/retrieval/int8-vectors';
import { WorkspaceIndex } from '../../../runtime/retrieval';
import type { TextEncoder } from '../../../runtime/inference/text-encoder';
import { seededRandom } from '../../../runtime/models/seeded-random';
import { openTestGrammars } from './grammars';
import { tempFolder, write } from './temp-folder';

beforeAll(openTestGrammars);

const random = seededRandom(3);
const vectors = Array.from({ length: 50 }, () => Float32Array.from({ length: 32 }, () => random() * 2 - 1));
const cosine = (a: Float32Array, b: Float32Array) => {
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, at) => sum + value * y[at]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
};

describe('int8 vectors', () => {
  it('keep cosines to about a hundredth, and so the order', () => {
    const table = VectorTable.of(vectors.map((vector, key) => ({ key, vector: quantise(vector) })));
    const found = table.nearest(vectors[7]!, 50);
    expect(found[0]!.key).toBe(7);
    for (const { key, cosine: near } of found)
      expect(Math.abs(near - cosine(vectors[7]!, vectors[key]!))).toBeLessThan(0.015);
  });

  it('find nothing in an empty table, of another width, or for zeros', () => {
    const table = VectorTable.of([{ key: 1, vector: quantise(new Float32Array(32)) }]);
    expect(VectorTable.of([]).nearest(vectors[0]!, 5)).toEqual([]);
    expect(table.nearest(new Float32Array(8), 5)).toEqual([]);
    expect(table.nearest(vectors[0]!, 5)).toEqual([{ key: 1, cosine: 0 }]);
  });
});

describe('reciprocalRankFusion', () => {
  it('puts what both lists hold first, then by rank', () => {
    const fused = reciprocalRankFusion(
      [
        ['a', 'b', 'c'],
        ['c', 'd'],
      ],
      (item) => item,
    );
    expect(fused.map(({ item }) => item)).toEqual(['c', 'a', 'b', 'd']);
    expect(fused[0]!.score).toBeCloseTo(1 / 63 + 1 / 61, 9);
  });
});

/** Knows two meanings, whatever the words. */
function fakeEncoder(name: string): TextEncoder & { texts: string[] } {
  const texts: string[] = [];
  return {
    name,
    texts,
    batch: 2,
    encode: (given) => {
      texts.push(...given);
      return Promise.resolve(
        given.map((text) => (/wheel|vehicle/.test(text) ? Float32Array.of(1, 0.1) : Float32Array.of(0.1, 1))),
      );
    },
    close: () => Promise.resolve(),
  };
}

describe('an index with an encoder', () => {
  const files = {
    'car.ts': 'export function wheels() {\n  return 4;\n}\n',
    'cat.ts': 'export function whiskers() {\n  return 8;\n}\n',
    'pots/tree.ts': 'export function leaves() {\n  return 9;\n}\n',
  };
  async function open(root: string, dataFolder: string, encoder: TextEncoder) {
    const index = new WorkspaceIndex({ dataFolder, folders: [{ path: root, name: 'r' }], encoder });
    await index.open();
    index.start();
    await index.idle();
    return index;
  }
  const ask = async (
    index: WorkspaceIndex,
    question: string,
    method?: 'lexical' | 'vector',
    folders: string[] = [],
  ) => {
    const vector = await index.vectorOf(question);
    return index
      .search(question, { folders, limit: 5, method, vector })
      .map(({ displayPath }) => displayPath);
  };

  it('finds what no word names, keeps vectors over a restart, and makes them anew for another model', async () => {
    const [root, data] = [tempFolder(files), tempFolder()];
    const one = fakeEncoder('one');
    const first = await open(root, data, one);
    expect((await ask(first, 'vehicle', 'vector'))[0]).toBe('car.ts');
    expect((await ask(first, 'vehicle'))[0]).toBe('car.ts');
    expect(first.search('vehicle', { folders: [], limit: 5 })).toEqual([]);
    expect(await ask(first, 'vehicle', 'vector', [path.join(root, 'pots')])).toEqual(['pots/tree.ts']);
    expect(one.texts.filter((text) => text.includes('return'))).toHaveLength(3);
    write(root, 'car.ts', 'export function engine() {\n  return 1;\n}\n');
    first.applyChanges([{ path: path.join(root, 'car.ts'), kind: 'changed' }]);
    await first.idle();
    expect(await ask(first, 'vehicle', 'vector')).toHaveLength(3);
    await first.close();

    const again = fakeEncoder('one');
    await (await open(root, data, again)).close();
    expect(again.texts).toEqual([]);
    const two = fakeEncoder('two');
    const second = await open(root, data, two);
    expect(two.texts).toHaveLength(3);
    await second.close();
  });
});
