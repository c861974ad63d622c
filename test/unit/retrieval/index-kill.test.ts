/** The process that writes the index is killed, again and again: what it had written stays, the rest is done later. */
import { fork } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { seededRandom } from '../../../runtime/models/seeded-random';
import { WorkspaceIndex } from '../../../runtime/retrieval';
import { openDatabase } from '../../../runtime/retrieval/database';
import { openTestGrammars } from './grammars';
import { tempFolder, write } from './temp-folder';

beforeAll(openTestGrammars);

/** 100 with LONGVIEW_KILLS=100; fewer as a rule, since each one starts a process. */
const KILLS = Number(process.env.LONGVIEW_KILLS ?? 6);
const FILES = 600;

const child = (data: string, root: string) => `
  import { openGrammars } from ${JSON.stringify(path.resolve('runtime/syntax'))};
  import { WorkspaceIndex } from ${JSON.stringify(path.resolve('runtime/retrieval'))};
  openGrammars('/');
  (async () => {
    const index = new WorkspaceIndex({ dataFolder: ${JSON.stringify(data)}, folders: [{ path: ${JSON.stringify(root)}, name: 'r' }] });
    await index.open();
    index.onStatus(({ state, filesDone }) => process.send!({ state, filesDone }));
    index.start();
    await index.idle();
    // Writes until it is killed.
    for (let at = 0; ; at++) {
      index.applyChanges([{ path: ${JSON.stringify(root)} + '/f' + (at % ${FILES}) + '.ts', kind: 'changed' }]);
      await index.idle();
      if (at % 100 === 0) await index.rebuild();
    }
  })();`;

it(`loses nothing when it is killed at ${KILLS} moments`, { timeout: 20_000 + KILLS * 5_000 }, async () => {
  const [root, data] = [tempFolder(), tempFolder()];
  const random = seededRandom(9);
  for (let at = 0; at < FILES; at++)
    write(root, `f${at}.ts`, `export function name${at}() {\n  return ${at};\n}\n`);
  write(data, 'child.ts', child(data, root));
  for (let kill = 0; kill < KILLS; kill++) {
    const process = fork(path.join(data, 'child.ts'), { execArgv: ['--import', 'tsx'], stdio: 'ignore' });
    await new Promise<void>((resolve) => {
      // From its first word on: before it nothing was written.
      process.once('message', () => setTimeout(() => process.kill('SIGKILL'), random() * 600));
      process.once('exit', () => resolve());
    });
    const name = readdirSync(path.join(data, 'index')).find((file) => file.endsWith('.sqlite'))!;
    const database = openDatabase(path.join(data, 'index', name));
    expect(Object.values(database.get('PRAGMA quick_check')!), `kill ${kill}`).toEqual(['ok']);
    // A file is there with all that it holds, or not at all; a rebuilt index may have no table yet.
    const made = database.get("SELECT 1 FROM sqlite_master WHERE name = 'files'");
    const torn = `SELECT count(*) AS torn FROM files WHERE skipped IS NULL
      AND NOT EXISTS (SELECT 1 FROM chunks WHERE chunks.content_id = files.content_id)`;
    if (made) expect(database.get(torn), `kill ${kill}`).toEqual({ torn: 0 });
    database.close();
  }
  const notices: string[] = [];
  const folders = [{ path: root, name: 'r' }];
  const index = new WorkspaceIndex({ dataFolder: data, folders, onNotice: (notice) => notices.push(notice) });
  await index.open();
  index.start();
  await index.idle();
  expect(notices).toEqual([]);
  expect(index.status()).toMatchObject({ state: 'ready', filesDone: FILES, filesTotal: FILES });
  for (const at of [0, 299, FILES - 1])
    expect(index.search(`name${at}`, { folders: [], limit: 1 })[0]?.displayPath).toBe(`f${at}.ts`);
  await index.close();
});
