import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { summarise } from './jobs';
import { poll } from './lib/processes';
import type { EndToEndTest } from './lib/runner';
import { longFile, longFileLines } from './lib/workspace';

export const tests: EndToEndTest[] = [
  {
    name: `a file of more than ${longFileLines} lines is summarised with progress, and its lines are links`,
    timeoutMs: 300_000,
    async run({ workbench, workspace }) {
      const lines = (await readFile(path.join(workspace, longFile), 'utf8')).split('\n');
      assert.ok(lines.length > longFileLines);
      await workbench.openFile(longFile);
      await workbench.openPanel();
      const started = performance.now();
      await workbench.command('Longview: Summarize File');
      await workbench.panel.locator('.summary .running:visible').waitFor();
      const rows = workbench.panel.locator('.summary .row');
      await rows.first().waitFor({ timeout: 60_000 });
      const outline = performance.now() - started;
      await workbench.panel.locator('.summary p.cost:visible').waitFor({ timeout: 240_000 });
      const count = await rows.count();
      console.log(
        `       ${lines.length} lines, ${count} symbols: outline ${(outline / 1000).toFixed(1)} s, all ${((performance.now() - started) / 1000).toFixed(1)} s; ${await workbench.panel.locator('.summary p.cost').textContent()}`,
      );
      assert.ok(count > 50, `only ${count} symbols`);

      const row = rows.nth(Math.floor(count / 2));
      const name = (await row.locator('.row-name').textContent()) ?? '';
      await row.click();
      const line = Number(((await row.locator('.row-line').textContent()) ?? '').replace(/\D/g, ''));
      await workbench.cursorAt(line);
      assert.ok(lines[line - 1]?.includes(name), `line ${line} is "${lines[line - 1]}", without ${name}`);
    },
  },
  {
    name: 'a link to a long class marks all of it at the edge, and gives its first lines a background',
    timeoutMs: 120_000,
    async run({ workbench }) {
      const rows = await summarise(workbench, 'runtime/engine/workspace.ts');
      await rows.filter({ hasText: 'class Workspace' }).first().click();
      await workbench.marks.first().waitFor();
      const { edge, background } = await workbench.markedLines();
      assert.equal(background, 12);
      assert.ok(edge > background, `${edge} lines are marked at their edge`);
      await rows.filter({ hasText: 'startAfterMs' }).first().click();
      const short = await poll(async () => {
        const marked = await workbench.markedLines();
        return marked.edge === 1 ? marked : undefined;
      }, 5000);
      assert.deepEqual(short, { edge: 1, background: 1 });
    },
  },
  {
    name: 'the summary of a small file has its purpose and every symbol',
    timeoutMs: 120_000,
    async run({ workbench }) {
      const rows = await summarise(workbench, 'totals.ts');
      const names = await rows.locator('.row-name').allTextContents();
      for (const name of ['Order', 'totalPrice', 'totalQuantity'])
        assert.ok(names.includes(name), names.join(', '));
      assert.match((await workbench.panel.locator('.purpose').textContent()) ?? '', /Sums over orders/);
    },
  },
];
