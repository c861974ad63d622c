/** One engine for all windows, and what it has read outlives it. */
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { retype, suggest, unfinished } from './jobs';
import { ownLog } from './lib/logs';
import { enginePids, poll, waitForNoEngine } from './lib/processes';
import type { EndToEndTest } from './lib/runner';
import type { Session } from './lib/session';
import { longFile } from './lib/workspace';

/** Files of saved states, once there are some and no more come. */
async function savedStates({ dataFolder }: Session): Promise<number> {
  let last = 0;
  let since = Date.now();
  const count = await poll(async () => {
    const names = await readdir(dataFolder, { recursive: true }).catch(() => []);
    const found = names.filter((name) => name.endsWith('.state')).length;
    if (found !== last) [last, since] = [found, Date.now()];
    return found > 0 && Date.now() - since > 15_000 ? found : undefined;
  }, 90_000);
  assert.ok(count, 'no state was saved');
  return count;
}

/** What Longview's log says of the first suggestion that the running engine gave. */
async function firstSuggestion({ folders }: Session): Promise<{ contextTokens: number; tokensRead: number }> {
  const line = await poll(
    async () => (await ownLog(folders.userData)).find((each) => each.includes('First suggestion')),
    10_000,
  );
  const field = (name: string) => Number(new RegExp(`"${name}":(\\d+)`).exec(line ?? '')?.[1]);
  return { contextTokens: field('contextTokens'), tokensRead: field('tokensRead') };
}

export const tests: EndToEndTest[] = [
  {
    name: 'three windows on three folders share one engine, which stays for the others when one is closed',
    timeoutMs: 180_000,
    async run(session) {
      const { workbench, folders, workspace } = session;
      const text = await readFile(path.join(workspace, unfinished.file), 'utf8');
      await suggest(workbench);
      const [engine] = enginePids(folders.userData);
      const second = await session.newWindow({ [unfinished.file]: text });
      const third = await session.newWindow({ [unfinished.file]: `// Other sums\n${text}` });
      const suggestions = [await suggest(second), await suggest(third, unfinished.file, ':20:1')];
      assert.ok(suggestions.every((each) => each.trim() !== ''));
      assert.deepEqual(enginePids(folders.userData), [engine]);

      await second.leave();
      await second.page.close();
      await retype(third);
      await third.waitForGhostText();
      await third.leave();
      await third.page.close();
      await workbench.page.bringToFront();
      await retype(workbench);
      await workbench.waitForGhostText();
      assert.deepEqual(enginePids(folders.userData), [engine], 'the engine was started anew');
    },
  },
  {
    name: 'the first suggestion after a restart reads nothing of a long file again but the line at the cursor',
    timeoutMs: 240_000,
    async run(session) {
      const { workbench, folders, workspace } = session;
      const place = ':1800:1';
      const atTheCursor = async () => {
        await workbench.openFile(longFile, place);
        await workbench.type('\n\nexport function ');
        await workbench.waitForGhostText(60_000);
      };
      await atTheCursor();
      const states = await savedStates(session);
      await workbench.command('File: Revert File');
      await workbench.leave();
      await waitForNoEngine(folders.userData, 30_000);

      await workbench.open(workspace);
      await workbench.ready();
      await atTheCursor();
      const { contextTokens, tokensRead } = await firstSuggestion(session);
      console.log(
        `       ${states} states saved; ${tokensRead} of ${contextTokens} tokens read after the restart`,
      );
      assert.ok(contextTokens > 1500, `the context had only ${contextTokens} tokens`);
      assert.ok(tokensRead < 100, `${tokensRead} tokens were read again`);
    },
  },
];
