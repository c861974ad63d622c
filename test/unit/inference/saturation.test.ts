import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GraphBuilder } from '../../../runtime/graph/builder';
import { rowScaledU8Product } from '../../../runtime/graph/products/row-scaled-u8';
import { openSession } from '../../../runtime/inference/session';
import { temporaryFolder } from '../fixtures/model-folder';

let folder: ReturnType<typeof temporaryFolder>;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => folder.remove());

test('the largest sums of 8-bit products are exact on this processor', async () => {
  const [rows, columns] = [32, 256];
  const graph = new GraphBuilder();
  const x = graph.input('x', 'float32', ['T', columns]);
  const load = () => new Float32Array(rows * columns).fill(1);
  const product = rowScaledU8Product.multiply(graph, x, { name: 'w', rows, columns, load });
  graph.output(product, 'y', 'float32', ['T', rows]);

  const location = 'weights';
  let offset = 0;
  const bytes = graph.finish('product', (tensor) => {
    const { buffer, byteLength } = tensor.make(load);
    appendFileSync(path.join(folder.path, location), new Uint8Array(buffer));
    offset += byteLength;
    return { location, offset: offset - byteLength, length: byteLength };
  });
  const graphPath = path.join(folder.path, 'graph.onnx');
  writeFileSync(graphPath, bytes);
  const session = await openSession({ graphPath, threads: 1 });
  const { y } = await session.run({
    x: session.float32(new Float32Array(3 * columns).fill(1), [3, columns]),
  });
  // Saturated, pairs of 255 times 127 would add up to about half.
  for (const value of y!.data as Float32Array) expect(value).toBeCloseTo(columns, 3);
  await session.release();
});
