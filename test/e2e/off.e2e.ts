import assert from 'node:assert/strict';
import { suggest, retype } from './jobs';
import { waitForEngine, waitForNoEngine } from './lib/processes';
import type { EndToEndTest } from './lib/runner';

export const tests: EndToEndTest[] = [
  {
    name: 'switched off, the engine is gone and nothing is suggested; switched on, it is back',
    timeoutMs: 120_000,
    async run({ workbench, folders }) {
      await suggest(workbench);
      const pid = await waitForEngine(folders.userData);
      await workbench.settings({ 'longview.enabled': false });
      await workbench.waitForStatus(/switched off/);
      await waitForNoEngine(folders.userData);
      await retype(workbench);
      await workbench.page.waitForTimeout(3000);
      assert.equal(await workbench.ghostText.count(), 0);

      await workbench.settings({});
      assert.notEqual(await waitForEngine(folders.userData), pid);
      await retype(workbench);
      await workbench.waitForGhostText(60_000);
    },
  },
];
