import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GraphBuilder } from '../../../runtime/graph/builder';
import { rowScaledU8Product } from '../../../runtime/graph/products/row-scaled-u8';
import { openSession } from '../../../runtime/inference/session';
import { graphFile, signedGraphFile, weightsFile } from '../../../runtime/models/compile';
import { temporaryFolder } from '../fixtures/model-folder';

const [rows, columns] = [32, 256];
let folder: ReturnType<typeof temporaryFolder>;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => folder.remove());

test.each([false, true])('the largest sums are exact, with signed bytes offered: %s', async (offered) => {
  const target = path.join(folder.path, String(offered));
  mkdirSync(target);
  for (const signed of offered ? [false, true] : [false]) writeLargestProduct(target, signed);
  const session = await openSession({ graphPath: path.join(target, graphFile), threads: 1 });
  const x = session.float32(new Float32Array(3 * columns).fill(1), [3, columns]);
  const { y } = await session.run({ x }, ['y']);
  // Saturated, pairs of 255 times 127 would add up to about half.
  for (const value of y!.data as Float32Array) expect(value).toBeCloseTo(columns, 3);
  await session.release();
});

function writeLargestProduct(target: string, signed: boolean): void {
  const graph = new GraphBuilder(signed);
  const x = graph.input('x', 'float32', ['T', columns]);
  const load = () => new Float32Array(rows * columns).fill(1);
  const product = rowScaledU8Product.multiply(graph, x, { name: 'w', rows, columns, load });
  graph.output(product, 'y', 'float32', ['T', rows]);
  const contents: Uint8Array[] = [];
  let end = 0;
  const bytes = graph.finish('product', (tensor) => {
    const { buffer, byteLength } = tensor.make(load);
    contents.push(new Uint8Array(buffer));
    end += byteLength;
    return { location: weightsFile, offset: end - byteLength, length: byteLength };
  });
  writeFileSync(path.join(target, weightsFile), Buffer.concat(contents));
  writeFileSync(path.join(target, signed ? signedGraphFile : graphFile), bytes);
}
