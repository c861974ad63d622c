import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { chunkFile } from '../../../runtime/retrieval/chunk-file';
import { indexChunk, Store } from '../../../runtime/retrieval/store';
import { openStoreFile } from '../../../runtime/retrieval/store-file';
import { openTestGrammars } from './grammars';
import { tempFolder } from './temp-folder';

beforeAll(openTestGrammars);

const minute = 60_000;
const hour = 60 * minute;

it('forgets what a file held for minutes after an hour, what it held for long after two weeks', async () => {
  const folder = tempFolder();
  const store = new Store(openStoreFile(path.join(folder, 'index.sqlite'), folder).database);
  const save = async (name: string, mtimeMs: number) => {
    const { outline, chunks } = await chunkFile(`export const ${name} = 1;\n`, 'typescript');
    store.put('a.ts', { size: 1, mtimeMs }, name, outline, chunks.map(indexChunk));
  };
  await save('committed', 0);
  await save('half', hour);
  await save('more', hour + minute);
  await save('done', hour + 2 * minute);
  expect(store.passages.count()).toBe(4);

  const now = Date.now();
  expect(store.purgeUnused(20, now + hour - minute)).toBe(0);
  expect(store.purgeUnused(20, now + hour + minute)).toBe(2);
  expect(store.linkKnown('a.ts', { size: 1, mtimeMs: 3 * hour }, 'half', 'typescript')).toBe(false);
  expect(store.linkKnown('a.ts', { size: 1, mtimeMs: 3 * hour }, 'committed', 'typescript')).toBe(true);
  expect(store.purgeUnused(20, now + 15 * 24 * hour)).toBe(1);
  expect(store.passages.count()).toBe(1);
  store.close();
});
