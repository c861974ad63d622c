import assert from 'node:assert/strict';
import { retype, suggest } from './jobs';
import { enginePids, waitForEngine, waitForNoEngine } from './lib/processes';
import type { EndToEndTest } from './lib/runner';
import { unfinishedSource } from './lib/workspace';

const settings = {
  'security.workspace.trust.enabled': true,
  // Asked about at once, nobody would ever see Restricted Mode.
  'security.workspace.trust.startupPrompt': 'never',
};

export const tests: EndToEndTest[] = [
  {
    name: 'in Restricted Mode no engine runs, and the status says why; trusted from the panel, it works',
    timeoutMs: 180_000,
    async run(session) {
      const { workbench, folders } = session;
      await session.elsewhere({ 'totals.ts': unfinishedSource }, settings, async () => {
        await workbench.waitForStatus(/Restricted Mode/);
        // That of the window before ends with it.
        await waitForNoEngine(folders.userData, 30_000);
        await workbench.openFile('totals.ts');
        await retype(workbench);
        await workbench.page.waitForTimeout(3000);
        assert.equal(await workbench.ghostText.count(), 0);
        assert.deepEqual(enginePids(folders.userData), []);

        await workbench.openPanel();
        await workbench.panel.getByRole('button', { name: 'Manage Workspace Trust' }).click();
        const trust = workbench.page.locator('.workspace-trust-editor .monaco-button', {
          hasText: /^Trust$/,
        });
        await trust.click();
        await waitForEngine(folders.userData, 30_000);
        await suggest(workbench);
      });
    },
  },
];
