import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ask, placeOf } from './jobs';
import type { EndToEndTest } from './lib/runner';

export const question = 'How does the engine restart with back-off after a crash?';

export const tests: EndToEndTest[] = [
  {
    name: 'a question is answered by passages that stand in the files they name',
    timeoutMs: 120_000,
    async run({ workbench, workspace }) {
      const passages = await ask(workbench, question);
      const places: string[] = [];
      for (const link of await passages.locator('.place').all())
        places.push((await link.getAttribute('title')) ?? '');
      console.log(`       ${places.join(', ')}`);
      assert.ok(
        places.slice(0, 3).some((place) => /backoff|engine-client/.test(place)),
        'the code that restarts the engine is not among the first three passages',
      );
      for (const [index, title] of places.entries()) {
        const { file, line } = placeOf(title);
        const lines = (await readFile(path.join(workspace, file), 'utf8')).split(/\r?\n/);
        const quoted = passages.nth(index).locator('.code-line').first();
        const number = Number(await quoted.locator('.code-number').textContent());
        assert.ok(number >= line, `${title} quotes line ${number}`);
        // The panel takes off the indentation that all lines share.
        const text = (await quoted.locator('.code-text').textContent()) ?? '';
        assert.equal(text.trim(), lines[number - 1]?.trim(), title);
      }
    },
  },
  {
    name: 'the first citation opens its file with its lines marked',
    timeoutMs: 120_000,
    async run({ workbench }) {
      const passages = await ask(workbench, question);
      const link = passages.first().locator('.place');
      const { file, line } = placeOf(await link.getAttribute('title'));
      await link.click();
      await workbench.tab(path.posix.basename(file)).waitFor();
      await workbench.cursorAt(line);
      await workbench.marks.first().waitFor();
    },
  },
  {
    name: 'a question that nothing answers says so',
    timeoutMs: 120_000,
    async run({ workbench }) {
      await workbench.panelTab('Ask');
      const input = workbench.panel.locator('textarea.question');
      await input.fill('zzyzx qwxvk');
      await input.press('Enter');
      await workbench.panel.locator('#panel-ask .message').first().waitFor();
      assert.equal(await workbench.panel.locator('.passage').count(), 0);
    },
  },
];
