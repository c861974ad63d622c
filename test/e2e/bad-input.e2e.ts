import assert from 'node:assert/strict';
import { suggest } from './jobs';
import { enginePids } from './lib/processes';
import type { EndToEndTest } from './lib/runner';

export const tests: EndToEndTest[] = [
  {
    name: 'an unknown setting value is named, and the default is used',
    timeoutMs: 120_000,
    async run({ workbench }) {
      await workbench.settings({ 'longview.completion.eagerness': 'wild' });
      await suggest(workbench);
      await workbench.notification(/longview\.completion\.eagerness/).waitFor();
    },
  },
  {
    name: 'a binary file is refused in words, and the engine lives on',
    async run({ workbench, folders }) {
      await suggest(workbench);
      const before = enginePids(folders.userData);
      await workbench.command('View: Revert and Close Editor');
      await workbench.quickOpen('picture.bin');
      await workbench.tab('picture.bin').waitFor();
      await workbench.command('Longview: Summarize File');
      await workbench.panel.locator('#panel-summary .message', { hasText: /binary file/ }).waitFor();
      assert.deepEqual(enginePids(folders.userData), before);
    },
  },
  {
    name: 'an empty workspace says that there is nothing to search',
    timeoutMs: 120_000,
    async run(session) {
      const { workbench, workspace } = session;
      await workbench.open(await session.emptyFolder('empty'));
      await workbench.ready();
      await workbench.panelTab('Ask');
      const input = workbench.panel.locator('textarea.question');
      await input.fill('Where is the parser?');
      await input.press('Enter');
      await workbench.panel.locator('#panel-ask .message').first().waitFor();
      await workbench.open(workspace);
      await workbench.ready();
    },
  },
];
