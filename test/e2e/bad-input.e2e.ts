import assert from 'node:assert/strict';
import { beginAsking, suggest, unfinished } from './jobs';
import { enginePids } from './lib/processes';
import type { EndToEndTest } from './lib/runner';
import { unfinishedSource } from './lib/workspace';

export const tests: EndToEndTest[] = [
  {
    name: 'an unknown setting value is named, and the default is used',
    timeoutMs: 120_000,
    async run({ workbench }) {
      await workbench.settings({ 'longview.completion.eagerness': 'extreme' });
      await suggest(workbench);
      await workbench
        .notification(/longview\.completion\.eagerness is "extreme".* Longview uses "balanced" instead/)
        .waitFor();
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
    name: 'a window without a folder says that there is nothing to search, and completes an untitled document',
    timeoutMs: 180_000,
    async run(session) {
      const { workbench } = session;
      const settings = { 'files.defaultLanguage': 'typescript' };
      await session.elsewhere(undefined, settings, async () => {
        await beginAsking(workbench, 'Where is the parser?');
        await workbench.panel.locator('#panel-ask .message', { hasText: /No folder is open/ }).waitFor();

        await workbench.command('File: New Untitled Text File');
        await workbench.focusEditor();
        await workbench.page.keyboard.insertText(unfinishedSource);
        await workbench.type(unfinished.typed);
        await workbench.waitForGhostText(60_000);
      });
    },
  },
];
