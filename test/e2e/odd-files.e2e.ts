/** Files that are not as files should be: huge, not UTF-8, with line ends of every kind. */
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { savedText, suggest, summarise, unfinished } from './jobs';
import { enginePids, waitForEngine } from './lib/processes';
import type { EndToEndTest } from './lib/runner';
import { mixedSource, unfinishedSource } from './lib/workspace';

const megabyte = 1024 * 1024;

export const tests: EndToEndTest[] = [
  {
    name: 'a file that is not UTF-8 is completed and summarised',
    timeoutMs: 120_000,
    async run({ workbench }) {
      await suggest(workbench, 'latin.ts', ':20:1');
      await workbench.page.keyboard.press('Escape');
      await workbench.command('File: Revert File');
      const rows = await summarise(workbench, 'latin.ts');
      const names = await rows.locator('.row-name').allTextContents();
      for (const name of ['Order', 'totalPrice']) assert.ok(names.includes(name), names.join(', '));
    },
  },
  {
    name: 'in a file with mixed line ends, suggestions fit and links open their lines',
    timeoutMs: 120_000,
    async run({ workbench, workspace }) {
      const lines = unfinishedSource.split('\n');
      const rows = await summarise(workbench, 'mixed.ts');
      const row = rows.filter({ hasText: 'totalQuantity' });
      await row.click();
      await workbench.cursorAt(lines.findIndex((line) => line.includes('totalQuantity')) + 1);

      const file = path.join(workspace, 'mixed.ts');
      await suggest(workbench, 'mixed.ts');
      await workbench.page.keyboard.press('Tab');
      await workbench.save();
      const saved = await savedText(file, mixedSource);
      const text = saved.replace(/\r\n|\r/g, '\n');
      const typed = `${unfinishedSource}${unfinished.typed}`;
      assert.ok(text.startsWith(typed) && text.length > typed.length, text);
      assert.equal(new Set(saved.match(/\r\n|\r|\n/g)).size, 1, 'the editor writes one kind of line end');
    },
  },
  {
    name: 'a file of 50 MB is left alone in words, and the engine lives on',
    timeoutMs: 180_000,
    async run({ workbench, workspace, folders }) {
      const before = await waitForEngine(folders.userData);
      const line = 'export const value = 1; // one of very many lines\n';
      const file = path.join(workspace, 'huge.ts');
      await writeFile(file, line.repeat(Math.ceil((50 * megabyte) / line.length)));
      try {
        await workbench.command('View: Show Explorer');
        await workbench.page.locator('.explorer-folders-view').getByText('huge.ts').dblclick();
        await workbench.tab('huge.ts').waitFor();
        await workbench.page.locator('.monaco-editor-pane-placeholder').getByText('Open Anyway').click();
        await workbench.page.locator('.editor-instance .view-line').first().waitFor({ timeout: 60_000 });
        await workbench.command('Longview: Why No Suggestion?');
        await workbench.explanation(/larger than/).waitFor();
        await workbench.command('Longview: Summarize File');
        await workbench.panel.locator('#panel-summary .message', { hasText: /too large/ }).waitFor();
      } finally {
        await rm(file);
      }
      await suggest(workbench);
      assert.deepEqual(enginePids(folders.userData), [before]);
    },
  },
];
