import assert from 'node:assert/strict';
import { poll } from './lib/processes';
import type { EndToEndTest } from './lib/runner';

/** What a machine without a graphics card finds, or one with it. */
const found = [
  /## Providers/,
  /In use: (CPU|WebGPU)/,
  /WebGPU: (cannot be used|reads)/,
  /CUDA: (cannot be used|reads)/,
];

export const tests: EndToEndTest[] = [
  {
    name: 'the graphics card is checked on demand, and the diagnostics say what came of it',
    async run({ workbench }) {
      await workbench.openFile('totals.ts', ':1:1');
      await workbench.command('Longview: Check Graphics Card Again');
      await workbench.tab('Longview diagnostics.md').waitFor({ timeout: 120_000 });
      let text = '';
      const complete = async () => {
        text = await workbench.visibleText();
        return found.every((words) => words.test(text)) || undefined;
      };
      assert.ok(await poll(complete, 10_000), `The diagnostics do not tell of every provider:\n${text}`);
    },
  },
];
