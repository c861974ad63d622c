import assert from 'node:assert/strict';
import { folderBytes } from '../../extension/reports/bytes';
import { question } from './ask.e2e';
import { ask, suggest } from './jobs';
import type { EndToEndTest } from './lib/runner';

export const tests: EndToEndTest[] = [
  {
    name: '"Clear Saved Data" asks first, deletes, says how much, and all works afterwards',
    timeoutMs: 180_000,
    async run(session) {
      const { workbench } = session;
      await ask(workbench, question);
      const before = await folderBytes(session.dataFolder);
      assert.ok(before > 0, 'nothing is saved');

      await workbench.command('Longview: Clear Saved Data...');
      await workbench.dialog.getByText(session.dataFolder).waitFor();
      await workbench.page.keyboard.press('Escape');
      await workbench.dialog.waitFor({ state: 'detached' });
      assert.ok((await folderBytes(session.dataFolder)) >= before, 'deleted though it was called off');

      await workbench.command('Longview: Clear Saved Data...');
      await workbench.dialog.locator('.monaco-button', { hasText: /^Delete [\d.]+ MB$/ }).click();
      await workbench.notification(/Longview deleted [\d.]+ MB/).waitFor();
      const after = await folderBytes(session.dataFolder);
      console.log(`       ${before} bytes before, ${after} after`);
      assert.ok(after < before / 2, `${after} of ${before} bytes are still there`);

      await ask(workbench, `${question} Again.`);
      await suggest(workbench);
    },
  },
];
