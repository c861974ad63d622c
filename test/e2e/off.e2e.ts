import assert from 'node:assert/strict';
import { question } from './ask.e2e';
import { beginAsking, retype, suggest } from './jobs';
import { waitForEngine, waitForNoEngine } from './lib/processes';
import type { EndToEndTest } from './lib/runner';

export const tests: EndToEndTest[] = [
  {
    name: 'switched off, the engine is gone and nothing is suggested; switched on from the panel, it is back',
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

      await workbench.openPanel();
      await workbench.panel.getByRole('button', { name: 'Switch On' }).click();
      assert.notEqual(await waitForEngine(folders.userData), pid);
      await workbench.focusEditor();
      await retype(workbench);
      await workbench.waitForGhostText(60_000);
    },
  },
  {
    name: 'a switch is not lost where the settings have unsaved changes: it waits until they are saved',
    timeoutMs: 120_000,
    async run({ workbench }) {
      await workbench.settings({ 'longview.enabled': false });
      await workbench.waitForStatus(/switched off/);
      await workbench.openSettings();
      await workbench.page.keyboard.press('Control+Home');
      await workbench.type('\n');
      await workbench.settingsTab('.dirty').waitFor();
      await workbench.command('Longview: Switch On or Off');
      const told = workbench.notification(/unsaved changes/);
      const again = told.locator('.monaco-button', { hasText: 'Try Again' });
      await again.waitFor();
      await workbench.save();
      await workbench.settingsTab(':not(.dirty)').waitFor();
      await again.click();
      await workbench.waitForStatus(/^(?!.*switched off)/);
    },
  },
  {
    name: 'the index switched off, questions say so; switched on from the panel, they are answered',
    timeoutMs: 120_000,
    async run({ workbench }) {
      await workbench.settings({ 'longview.index.enabled': false });
      await beginAsking(workbench, question);
      const answer = workbench.panel.locator('#panel-ask .message', { hasText: /index is switched off/ });
      await answer.getByRole('button', { name: 'Switch On' }).click();
      await workbench.panel.locator('.index-line', { hasText: /files indexed/ }).waitFor({ timeout: 60_000 });
      await workbench.panel.getByRole('button', { name: 'Ask Again' }).click();
      await workbench.panel.locator('.passage').first().waitFor({ timeout: 60_000 });
    },
  },
];
