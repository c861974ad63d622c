import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { StateSnapshot } from '../../../runtime/inference/snapshot';
import { seededRandom } from '../../../runtime/models/seeded-random';
import { StateStore } from '../../../runtime/state/state-store';
import { bundleProgram, type Program } from '../fakes/bundle';
import { writtenSnapshot } from './written-state';

const bytes = ({ tensors }: StateSnapshot) => Buffer.from(tensors[0]!.data.buffer);

/** `LONGVIEW_KILLS=200 npx vitest run test/unit/state/state-store-kill.test.ts` */
const kills = Number(process.env.LONGVIEW_KILLS ?? 20);
const folder = mkdtempSync(path.join(tmpdir(), 'longview-kill-'));
let writer: Program;

beforeAll(async () => {
  writer = await bundleProgram(path.join(import.meta.dirname, 'state-writer.ts'));
});
afterAll(() => {
  writer.remove();
  rmSync(folder, { recursive: true, force: true });
});

it(
  `a process killed ${kills} times while it saves leaves whole states alone`,
  { timeout: 600_000 },
  async () => {
    const random = seededRandom(7);
    let unfinished = 0;
    let loaded = 0;
    for (let kill = 0; kill < kills; kill++) {
      const child = fork(writer.path, [folder, String(kill * 1000 + 1)], { execArgv: [] });
      await once(child, 'message');
      await sleep(2 + 60 * random());
      child.kill('SIGKILL');
      await once(child, 'exit');
      const left = readdirSync(folder, { recursive: true, encoding: 'utf8' });
      unfinished += left.filter((name) => name.endsWith('.tmp')).length;

      const problems: string[] = [];
      const { store, saved } = await StateStore.open({
        folder,
        model: 'model',
        limitBytes: 40e6,
        onProblem: (message) => problems.push(message),
      });
      for (const state of saved.slice(-8)) {
        const expected = writtenSnapshot(Math.floor(state.ids[0]! / 50));
        const found = await store.load(state);
        // Millions of numbers: compared as bytes.
        expect(found?.tensors[0]?.shape).toEqual(expected.tensors[0]!.shape);
        expect(bytes(found!).equals(bytes(expected))).toBe(true);
        loaded++;
      }
      expect(problems).toEqual([]);
    }
    expect(loaded).toBeGreaterThan(kills / 2);
    // Otherwise no kill came in the middle of a write, and nothing was shown.
    expect(unfinished).toBeGreaterThan(0);
  },
);
