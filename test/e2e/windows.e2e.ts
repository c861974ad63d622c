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

async function countStates({ dataFolder }: Session): Promise<number> {
  const names = await readdir(dataFolder, { recursive: true }).catch(() => []);
  return names.filter((name) => name.endsWith('.state')).length;
}

/** Files of saved states, once there are more than `before` and no more come. */
async function savedStates(session: Session, before: number): Promise<number> {
  let last = before;
  let since = Date.now();
  const count = await poll(async () => {
    const found = await countStates(session);
    if (found !== last) [last, since] = [found, Date.now()];
    return found > before && Date.now() - since > 15_000 ? found - before : undefined;
  }, 120_000);
  assert.ok(count, 'no state was saved');
  return count;
}

/** What Longview's log says of the first suggestion that the running engine gave. */
async function firstSuggestion({ folders }: Session): Promise<{ contextTokens: number; tokensRead: number }> {
  const line = await poll(
    async () => (await ownLog(folders.userData)).find((each) => each.includes('First suggestion')),
    10_000,
  );
  const field = (name: string) => Number(new RegExp(`\\b${name}=(\\d+)`).exec(line ?? '')?.[1]);
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
      // A window that another one hides has not the focus, and a suggestion only comes where the focus is.
      await second.page.bringToFront();
      const suggestions = [await suggest(second)];
      await third.page.bringToFront();
      suggestions.push(await suggest(third, unfinished.file, ':20:1'));
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
      const atTheCursor = async () => {
        await workbench.openFile(longFile);
        await workbench.toEndOfFile();
        await workbench.type('\nexport const total = [1, 2, 3].reduce((sum, value) => sum + ');
        await workbench.waitForGhostText(60_000);
      };
      const before = await countStates(session);
      await atTheCursor();
      const states = await savedStates(session, before);
      await workbench.command('File: Revert File');
      // Else what was typed is there again with the window.
      await workbench.page.locator('.tab.active:not(.dirty)').waitFor();
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
