import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import path from 'node:path';
import { reciprocalRankFusion } from '../../../runtime/retrieval/fusion';
import { quantise, VectorTable } from '../../../runtime/retrieval/int8-vectors';
import { WorkspaceIndex } from '../../../runtime/retrieval';
import { turnKeeper } from '../../../runtime/retrieval/turns';
import type { WorkOptions } from '../../../runtime/inference/language-model';
import type { TextEncoder } from '../../../runtime/inference/text-encoder';
import { throwIfAborted, UserError } from '../../../runtime/protocol/errors';
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
  const tableOf = (rows: readonly Float32Array[], width = 32) => {
    // Grows as they come.
    const table = new VectorTable(width, 0);
    rows.forEach((vector, key) => table.add(key, quantise(vector)));
    return table;
  };

  const nearest = async (table: VectorTable, vector: Float32Array, among?: Set<number>) => {
    const found: { key: number; cosine: number }[] = [];
    for await (const each of table.nearest(vector, turnKeeper(), among)) found.push(each);
    return found;
  };

  it('keep cosines to about a hundredth, and so the order', async () => {
    const found = await nearest(tableOf(vectors), vectors[7]!);
    expect(found).toHaveLength(50);
    expect(found[0]!.key).toBe(7);
    expect(found.map(({ cosine: near }) => near)).toEqual(
      found.map(({ cosine: near }) => near).sort((a, b) => b - a),
    );
    for (const { key, cosine: near } of found)
      expect(Math.abs(near - cosine(vectors[7]!, vectors[key]!))).toBeLessThan(0.015);
  });

  it('find nothing in an empty table, of another width, or for zeros', async () => {
    const table = tableOf([new Float32Array(32), new Float32Array(8)]);
    expect(await nearest(tableOf([]), vectors[0]!)).toEqual([]);
    expect(await nearest(table, new Float32Array(8))).toEqual([]);
    expect(await nearest(table, vectors[0]!)).toEqual([{ key: 0, cosine: 0 }]);
  });

  it('are found among some alone', async () => {
    const found = await nearest(tableOf(vectors), vectors[7]!, new Set([3, 9]));
    expect(found.map(({ key }) => key).sort()).toEqual([3, 9]);
  });

  it('let others have the thread between steps, ever so many of them', async () => {
    const many = tableOf(Array.from({ length: 40 }, () => vectors).flat());
    let turns = 0;
    const beat = setInterval(() => turns++, 0);
    const steps: number[] = [];
    const keeper = turnKeeper(0);
    const next = (signal?: AbortSignal) => (steps.push(turns), keeper.next(signal));
    const found = many.nearest(vectors[7]!, { ...keeper, next });
    // All that are alike come first, in their order.
    for (let copy = 0; copy < 40; copy++)
      expect((await found.next()).value).toMatchObject({ key: 7 + copy * 50 });
    clearInterval(beat);
    expect(steps.length).toBeGreaterThan(2000 / 256 + 2000 / 2 / 256 + 38);
    const abort = new AbortController();
    const given = many.nearest(vectors[7]!, keeper, undefined, abort.signal).next();
    abort.abort(new Error('given up'));
    await expect(given).rejects.toThrow('given up');
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
class FakeEncoder implements TextEncoder {
  readonly texts: string[] = [];
  /** Why it fails. */
  problem: string | undefined;
  /** Texts are encoded as it is let go on. */
  gate: Promise<void> = Promise.resolve();

  constructor(readonly name: string) {}

  key(): Promise<string> {
    return this.problem === undefined ? Promise.resolve(`${this.name}-key`) : this.fail();
  }

  async encode(given: readonly string[], { signal }: WorkOptions): Promise<Float32Array[]> {
    await this.gate;
    throwIfAborted(signal);
    if (this.problem !== undefined) return this.fail();
    this.texts.push(...given);
    return given.map((text) =>
      /wheel|vehicle/.test(text) ? Float32Array.of(1, 0.1) : Float32Array.of(0.1, 1),
    );
  }

  private fail(): Promise<never> {
    return Promise.reject(new UserError(this.problem!));
  }
}

describe('an index with an encoder', () => {
  const files = {
    'car.ts': 'export function wheels() {\n  return 4;\n}\n',
    'cat.ts': 'export function whiskers() {\n  return 8;\n}\n',
    'pots/tree.ts': 'export function leaves() {\n  return 9;\n}\n',
  };
  let root: string;
  let data: string;
  let encoder: FakeEncoder | undefined;
  let index: WorkspaceIndex;

  async function open(chosen: FakeEncoder | undefined): Promise<FakeEncoder | undefined> {
    encoder = chosen;
    index = new WorkspaceIndex({
      dataFolder: data,
      folders: [{ path: root, name: 'r' }],
      encoder: () => encoder,
    });
    await index.open();
    index.start();
    await index.idle();
    return encoder;
  }

  async function change(path: string, text: string): Promise<void> {
    write(root, path, text);
    index.applyChanges([{ path: `${root}/${path}`, kind: 'changed' }]);
    await index.encoded();
  }

  const ask = async (question: string, method?: 'lexical' | 'vector', folders: string[] = []) => {
    const close = await index.closeTo(question, { folders });
    return index.search(question, { folders, limit: 5, method, close }).map(({ displayPath }) => displayPath);
  };

  beforeEach(() => {
    root = tempFolder(files);
    data = tempFolder();
  });
  afterEach(() => index.close());

  it('finds what no word names, in all files or under a folder', async () => {
    await open(new FakeEncoder('one'));
    await index.encoded();
    expect((await ask('vehicle', 'vector'))[0]).toBe('car.ts');
    expect((await ask('vehicle'))[0]).toBe('car.ts');
    expect(index.search('vehicle', { folders: [], limit: 5 })).toEqual([]);
    expect(await ask('vehicle', 'vector', [path.join(root, 'pots')])).toEqual(['pots/tree.ts']);
  });

  it('encodes no text twice: not after a restart, and of a changed file what changed alone', async () => {
    const one = (await open(new FakeEncoder('one')))!;
    await index.encoded();
    expect(one.texts).toHaveLength(3);
    expect(index.status().vectors).toEqual({ encoder: 'one', passages: 3, encoded: 3 });
    await change('cat.ts', `${files['car.ts']}\n${files['cat.ts']}`);
    expect(one.texts).toHaveLength(3);
    await change('car.ts', 'export function engine() {\n  return 1;\n}\n');
    expect(one.texts).toHaveLength(4);
    expect(index.status().vectors).toEqual({ encoder: 'one', passages: 4, encoded: 4 });
    // Nothing of what cars were before is left to be found.
    expect(await ask('vehicle', 'vector')).toHaveLength(4);
    await index.close();
    const again = (await open(new FakeEncoder('one')))!;
    await index.encoded();
    expect(again.texts).toEqual([]);
    expect(index.status().vectors).toMatchObject({ encoded: 4 });
  });

  it('forgets the vectors of texts that have gone for long, and of no others', async () => {
    const one = (await open(new FakeEncoder('one')))!;
    await index.encoded();
    await change('copy.ts', files['cat.ts']);
    await change('car.ts', '// nothing\n');
    await change('cat.ts', '// nothing\n');
    // The second time from the first.
    expect(one.texts).toHaveLength(4);
    const { contents } = index.parts[0]!;
    while (contents.purgeUnused(1, Date.now() + 30 * 24 * 3600_000));
    await change('cat.ts', files['cat.ts']);
    expect(one.texts).toHaveLength(4);
    await change('car.ts', files['car.ts']);
    expect(one.texts).toHaveLength(5);
    expect((await ask('vehicle', 'vector'))[0]).toBe('car.ts');
  });

  it.each([0, 1, 2, 3])('finds what is true in the end, where vectors go at its step %i', async (step) => {
    await open(new FakeEncoder('one'));
    await index.encoded();
    const { vectors: own, contents } = index.parts[0]!;
    const vector = { encoder: 'one-key', values: Float32Array.of(1, 0.1) };
    const asked = { prefixes: [''], limit: 5 };
    let steps = 0;
    const next = async () => {
      if (steps++ !== step) return;
      await change('cat.ts', 'export function vehicle() {\n  return 2;\n}\n');
      while (contents.purgeUnused(1, Date.now() + 30 * 24 * 3600_000));
    };
    const found = await own.nearest(vector, { ...asked, turn: { isOver: () => true, next } });
    expect(steps).toBeGreaterThan(step);
    expect(found).toEqual(await own.nearest(vector, asked));
    expect(found.map(({ path: file }) => file)).toEqual(['car.ts', 'cat.ts', 'pots/tree.ts']);
  });

  it('looks under many paths, each where it is asked for alone', async () => {
    for (let at = 0; at < 150; at++) write(root, `pots/${at}.ts`, `export const leaf${at} = 'vehicle';\n`);
    await open(new FakeEncoder('one'));
    await index.encoded();
    const near = async (...prefixes: string[]) => {
      const vector = { encoder: 'one-key', values: Float32Array.of(0.1, 1) };
      const found = await index.parts[0]!.vectors.nearest(vector, { prefixes, limit: 200 });
      return found.map(({ path: file }) => file);
    };
    expect(await near('')).toHaveLength(153);
    expect(await near('pots/')).toHaveLength(151);
    expect((await near('pots/'))[0]).toBe('pots/tree.ts');
    // Closest first, whichever was named first.
    expect(await near('car.ts', 'cat.ts')).toEqual(['cat.ts', 'car.ts']);
    expect(await near('pots/1.ts')).toEqual(['pots/1.ts']);
    expect(await near('nowhere/')).toEqual([]);
  });

  it('forgets the vectors of another encoder, and compares none with its own', async () => {
    await open(new FakeEncoder('one'));
    await index.encoded();
    const old = { encoder: 'one-key', values: Float32Array.of(1, 0.1) };
    const nearest = () => index.parts[0]!.vectors.nearest(old, { prefixes: [''], limit: 5 });
    expect(await nearest()).toHaveLength(3);
    encoder = new FakeEncoder('two');
    index.encoderChanged();
    expect(index.status().vectors).toEqual({ encoder: 'two', passages: 0, encoded: 0 });
    await index.encoded();
    expect(encoder.texts).toHaveLength(3);
    expect(await nearest()).toEqual([]);
    encoder = undefined;
    index.encoderChanged();
    await index.encoded();
    expect(index.status().vectors).toBeUndefined();
    expect(await index.closeTo('vehicle', { folders: [] })).toBeUndefined();
  });

  it('is ready before its vectors are, answers meanwhile, and pauses and closes between two', async () => {
    const one = new FakeEncoder('one');
    let open1 = () => {};
    one.gate = new Promise((resolve) => (open1 = resolve));
    await open(one);
    expect(index.status()).toMatchObject({ state: 'ready', vectors: { passages: 3, encoded: 0 } });
    // Without any vector there is nothing to compare with: nothing is waited for.
    expect(await index.closeTo('wheels', { folders: [] })).toBeUndefined();
    expect(await ask('wheels')).toEqual(['car.ts']);
    index.pause();
    open1();
    await index.encoded();
    expect(one.texts).toEqual([]);
    index.resume();
    await index.encoded();
    expect(one.texts).toHaveLength(3);
    expect(index.status()).toMatchObject({ state: 'ready', vectors: { encoded: 3 } });
    // Paused, what is there is still of use.
    index.pause();
    expect((await ask('vehicle'))[0]).toBe('car.ts');
  });

  it('says why there are no vectors, goes on by words, and recovers', async () => {
    const broken = new FakeEncoder('one');
    broken.problem = 'There is no model "one".';
    await open(broken);
    await index.encoded();
    expect(index.status()).toMatchObject({
      state: 'ready',
      vectors: { encoder: 'one', encoded: 0, problem: broken.problem },
    });
    expect(index.search('wheels', { folders: [], limit: 5 })).toHaveLength(1);
    await expect(index.closeTo('wheels', { folders: [] })).rejects.toThrow(broken.problem);
    broken.problem = undefined;
    index.encoderChanged();
    await index.encoded();
    expect(index.status().vectors).toEqual({ encoder: 'one', passages: 3, encoded: 3 });
  });

  it('shares its file with a window of another encoder without mixing their vectors', async () => {
    const one = new FakeEncoder('one');
    let open1 = () => {};
    one.gate = new Promise((resolve) => (open1 = resolve));
    await open(one);
    const other = new WorkspaceIndex({
      dataFolder: data,
      folders: [{ path: root, name: 'r' }],
      encoder: () => new FakeEncoder('two'),
    });
    await other.open();
    other.start();
    await other.encoded();
    // What the first was about to write is refused.
    open1();
    await index.encoded();
    expect(index.status().vectors).toMatchObject({ encoded: 0 });
    const close = await other.closeTo('vehicle', { folders: [] });
    expect([...close!.values()].flat()[0]).toMatchObject({ path: 'car.ts' });
    await other.close();
  });
});
