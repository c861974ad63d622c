import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { retype, savedText, suggest, unfinished } from './jobs';
import { ownLog } from './lib/logs';
import type { EndToEndTest } from './lib/runner';

/** Seconds from opening the window to the first ghost text that two quiet cores should keep to. */
const goal = 10;

export const tests: EndToEndTest[] = [
  {
    name: 'the first ghost text comes soon after the window, Tab accepts it, the saved file has it',
    timeoutMs: 120_000,
    async run({ workbench, workspace, folders }) {
      const file = path.join(workspace, unfinished.file);
      const before = await readFile(file, 'utf8');
      const started = performance.now();
      const parts: string[] = [];
      const note = (what: string) =>
        parts.push(
          `${what} ${((performance.now() - started) / 1000).toFixed(1)} s (${new Date().toISOString().slice(17, 23)})`,
        );

      await workbench.open(workspace);
      note('window');
      await workbench.openFromExplorer(unfinished.file);
      note('file');
      await workbench.ready();
      note('extension');
      await workbench.type(unfinished.typed);
      note('typed');
      await workbench.ghostText.first().waitFor({ timeout: 60_000 });
      note('ghost text');
      const suggestion = await workbench.waitForGhostText();
      console.log(
        `       ${parts.join(', ')} (goal ${goal} s on two quiet cores): ${JSON.stringify(suggestion)}`,
      );
      for (const line of await ownLog(folders.userData)) console.log(`       ${line}`);

      // The next suggestion may be there at once: what follows is seen in the file alone.
      await workbench.page.keyboard.press('Tab');
      await workbench.save();
      assert.equal(await savedText(file, before), `${before}${unfinished.typed}${suggestion}`);
    },
  },
  {
    name: 'Escape dismisses ghost text and typing it by hand keeps it',
    async run({ workbench, workspace }) {
      const suggestion = await suggest(workbench);
      await workbench.page.keyboard.press('Escape');
      await workbench.ghostText.first().waitFor({ state: 'detached' });

      await retype(workbench);
      await workbench.waitForGhostText();
      await workbench.type(suggestion.slice(0, 3));
      const rest = await workbench.waitForGhostText();
      assert.equal(rest, suggestion.slice(3), `in ${workspace}`);
    },
  },
  {
    name: 'a suggestion leaves the line ends of a CRLF file alone',
    async run({ workbench, workspace }) {
      const file = path.join(workspace, 'windows.ts');
      const before = await readFile(file, 'utf8');
      const suggestion = await suggest(workbench, 'windows.ts');
      await workbench.page.keyboard.press('Tab');
      await workbench.save();
      const saved = await savedText(file, before);
      assert.equal(
        saved.replaceAll('\r\n', '\n'),
        `${before.replaceAll('\r\n', '\n')}${unfinished.typed}${suggestion}`,
      );
      assert.doesNotMatch(saved, /[^\r]\n/);
    },
  },
];
