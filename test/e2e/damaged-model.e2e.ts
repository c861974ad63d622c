import assert from 'node:assert/strict';
import { copyFile, rename, rm, truncate } from 'node:fs/promises';
import path from 'node:path';
import { suggest, unfinished } from './jobs';
import type { EndToEndTest } from './lib/runner';

export const tests: EndToEndTest[] = [
  {
    name: 'a truncated, then a missing model is named with the remedy; put back, it completes',
    timeoutMs: 180_000,
    async run(session) {
      const { workbench } = session;
      const model = path.join(
        await session.extensionFolder(),
        'runtime/models/striped-code/model.safetensors',
      );
      const kept = `${model}.kept`;
      const failure = workbench.notification(/Longview does not work: .*model\.safetensors.*[Ii]nstall/);
      const restart = failure.locator('.monaco-button', { hasText: 'Restart Engine' });
      // The model is loaded for the document on the screen.
      await suggest(workbench);
      // Moved, not changed: the running engine has the file mapped into its memory.
      await rename(model, kept);
      try {
        await copyFile(kept, model);
        await truncate(model, 1_000_000);
        await workbench.command('Longview: Restart Engine');
        await failure.waitFor();
        console.log(`       ${await failure.locator('.notification-list-item-message').textContent()}`);
        await workbench.waitForStatus(/model\.safetensors/);
        await workbench.openFile('notes.txt', ':1:1');
        await workbench.page.keyboard.press('Control+End');
        await workbench.type('still here');
        assert.match(await workbench.visibleText(), /still here/);

        await workbench.openFile(unfinished.file);
        await rm(model);
        await restart.click();
        await workbench.waitForStatus(/model\.safetensors .*missing/);
        console.log(`       ${await failure.locator('.notification-list-item-message').textContent()}`);
      } finally {
        await rename(kept, model);
      }
      await restart.click();
      await suggest(workbench);
    },
  },
];
