import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { answerTo, ask, beginAsking, placeOf, send } from './jobs';
import { poll, waitForEngine } from './lib/processes';
import type { EndToEndTest } from './lib/runner';
import type { Workbench } from './lib/workbench';

export const question = 'How does the engine restart with back-off after a crash?';

/** The files that the answer quotes, best first. */
async function quotedFiles(workbench: Workbench): Promise<string[]> {
  const links = await (await answerTo(workbench)).locator('.place').all();
  const titles = await Promise.all(links.map((link) => link.getAttribute('title')));
  return titles.map((title) => placeOf(title).file);
}

const tool = (workbench: Workbench, name: string) =>
  workbench.panel.getByRole('button', { name, exact: true });

/** What the editor shows, once it shows `expected`. */
async function editorShows(workbench: Workbench, expected: RegExp): Promise<string> {
  const text = await poll(async () => {
    const shown = await workbench.visibleText();
    return expected.test(shown) ? shown : undefined;
  }, 15_000);
  assert.ok(text !== undefined, `the editor does not show ${expected}: ${await workbench.visibleText()}`);
  return text;
}

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
      await beginAsking(workbench, 'zzyzx qwxvk');
      await workbench.panel.locator('#panel-ask .message').first().waitFor();
      assert.equal(await workbench.panel.locator('.passage').count(), 0);
    },
  },
  {
    name: 'Escape stops a question at once, though the engine does not listen',
    timeoutMs: 120_000,
    async run({ workbench, folders }) {
      await ask(workbench, question);
      const engine = await waitForEngine(folders.userData);
      process.kill(engine, 'SIGSTOP');
      try {
        await beginAsking(workbench, 'Where are bytes formatted?');
        await workbench.panel.getByText('Searching the index…').waitFor();
        await workbench.panel.locator('textarea.question').press('Escape');
        await workbench.panel.getByText('Stopped before passages were found.').waitFor({ timeout: 2_000 });
      } finally {
        process.kill(engine, 'SIGCONT');
      }
      await tool(workbench, 'Ask this again').click();
      await answerTo(workbench);
    },
  },
  {
    name: 'passages say what they do, in their own words or in labelled ones',
    timeoutMs: 120_000,
    async run({ workbench }) {
      const passages = await ask(workbench, question);
      await workbench.panel.locator('.turn:not(.past)[aria-busy=false]').waitFor({ timeout: 60_000 });
      const notes = await passages.locator('.card-note:visible').allTextContents();
      console.log(`       ${notes.join(' | ')}`);
      assert.ok(notes.length >= 3, 'hardly a passage says what it does');
      assert.ok(notes.every((note) => /\w+ \w+/.test(note)));
    },
  },
  {
    name: 'an answer goes out as Markdown whose links name its lines',
    timeoutMs: 120_000,
    async run({ workbench }) {
      await ask(workbench, question);
      const [first] = await quotedFiles(workbench);
      await tool(workbench, 'Export the answer as Markdown').click();
      const shown = await editorShows(workbench, /^# How does the engine restart/m);
      assert.match(shown, new RegExp(`## 1\\. \\[${first}:\\d+-\\d+\\]\\(${first}#L\\d+-L\\d+\\)`));
    },
  },
  {
    name: 'a passage is inserted at the cursor',
    timeoutMs: 120_000,
    async run({ workbench }) {
      const passages = await ask(workbench, question);
      const line = (await passages.first().locator('.code-text').first().textContent()) ?? '';
      await workbench.openFile('notes.txt', ':1:1');
      await workbench.page.keyboard.press('Control+End');
      await tool(workbench, 'Insert passage 1 at the cursor').click();
      await editorShows(workbench, new RegExp(line.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
      await workbench.focusEditor();
      await workbench.command('File: Revert File');
    },
  },
  {
    name: 'a follow-up is searched for together with what it follows, and can stand alone',
    timeoutMs: 180_000,
    async run({ workbench }) {
      await ask(workbench, question);
      await send(workbench, 'and which notification is shown?');
      const together = await quotedFiles(workbench);
      assert.ok(
        together.slice(0, 4).some((file) => /notices|engine-client|backoff/.test(file)),
        `the follow-up forgot what it follows: ${together.join(', ')}`,
      );
      await workbench.panel.locator('.fold', { hasText: question }).waitFor();
      await tool(workbench, 'Ask without what came before').click();
      await send(workbench, 'Where are checksums of models compared?');
      await answerTo(workbench);
      assert.equal(await workbench.panel.locator('.fold').count(), 0);
    },
  },
  {
    name: 'the history keeps what was asked, takes it up again, and forgets it',
    timeoutMs: 180_000,
    async run({ workbench }) {
      const asked = 'Where is a passage verified?';
      await ask(workbench, asked);
      await beginAsking(workbench, 'Where are bytes formatted?');
      await answerTo(workbench);
      await tool(workbench, 'Earlier questions').click();
      const row = workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: asked });
      await row.first().click();
      await workbench.panel.locator('.asked:visible', { hasText: asked }).waitFor();
      await answerTo(workbench);
      await tool(workbench, 'Earlier questions').click();
      await row.first().hover();
      await row.first().locator('.codicon-trash').click();
      await row.first().waitFor({ state: 'detached' });
      await workbench.page.keyboard.press('Escape');
    },
  },
  {
    name: 'files, folders and kinds of files limit where passages come from',
    timeoutMs: 180_000,
    async run({ workbench }) {
      await beginAsking(workbench, question);
      await answerTo(workbench);
      await tool(workbench, 'New question').click();
      const input = workbench.panel.locator('textarea.question');
      await input.pressSequentially('#engine-client');
      const option = workbench.panel.getByRole('option', { name: /^engine-client\.ts/ }).first();
      await option.waitFor({ timeout: 20_000 });
      await input.press('Enter');
      await workbench.panel.locator('.composer .chip', { hasText: 'engine-client.ts' }).waitFor();
      await send(workbench, 'How is it restarted?');
      const files = await quotedFiles(workbench);
      assert.deepEqual([...new Set(files)], ['extension/engine/engine-client.ts']);
      await tool(workbench, 'Remove engine-client.ts').click();
      await tool(workbench, 'Docs').click();
      await beginAsking(workbench, 'architecture invariants');
      const code = await quotedFiles(workbench);
      assert.ok(!code.some((file) => file.endsWith('.md')), code.join(', '));
      await tool(workbench, 'Docs').click();
    },
  },
  {
    name: 'a selection is asked about from the editor',
    timeoutMs: 120_000,
    async run({ workbench }) {
      await workbench.openFile('extension/engine/backoff.ts', ':23:1');
      for (let line = 0; line < 5; line += 1) await workbench.page.keyboard.press('Shift+ArrowDown');
      await workbench.command('Longview: Ask About Selection');
      const chip = workbench.panel.locator('.composer .chip', { hasText: 'backoff.ts:23-27' });
      await chip.first().waitFor();
      await send(workbench, 'What calls this?');
      const files = await quotedFiles(workbench);
      assert.ok(
        files.slice(0, 5).some((file) => /engine-client/.test(file)),
        files.join(', '),
      );
      await tool(workbench, 'Remove backoff.ts:23-27').click();
    },
  },
  {
    name: 'a citation follows the edits of its file, and says when its lines are gone',
    timeoutMs: 120_000,
    async run({ workbench }) {
      await beginAsking(workbench, 'Where is the total price of orders summed up?');
      const passages = await answerTo(workbench);
      const place = passages.locator('.place[title^="totals.ts:"]').first();
      const { line } = placeOf(await place.getAttribute('title'));
      await workbench.openFile('totals.ts', ':1:1');
      await workbench.page.keyboard.press('Control+Home');
      await workbench.type('// one\n// two\n');
      await workbench.panel
        .locator(`.place[title^="totals.ts:${line + 2}-"]`)
        .first()
        .waitFor();
      await place.click();
      await workbench.cursorAt(line + 2);
      await workbench.page.keyboard.press('Control+A');
      await workbench.page.keyboard.press('Delete');
      await passages.locator('.card-state', { hasText: 'No longer in the file' }).first().waitFor();
      await workbench.command('File: Revert File');
    },
  },
  {
    name: 'answers are there after the window was loaded anew, as their files are by then, and can be worked with',
    timeoutMs: 180_000,
    async run({ workbench, workspace }) {
      const file = path.join(workspace, 'totals.ts');
      const asked = 'Where is the total price of orders summed up?';
      const passages = await ask(workbench, asked);
      const place = passages.locator('.place[title^="totals.ts:"]').first();
      const { line } = placeOf(await place.getAttribute('title'));
      const others = (await quotedFiles(workbench)).filter((each) => each !== 'totals.ts');
      await workbench.panel.locator('.turn:not(.past)[aria-busy=false]').waitFor({ timeout: 60_000 });
      // What the page shows is kept twice a second.
      await workbench.page.waitForTimeout(2_000);
      await workbench.leave();
      const text = await readFile(file, 'utf8');
      try {
        await writeFile(file, `// one\n// two\n${text}`);
        await workbench.open(workspace);
        await workbench.ready();
        await workbench.panelTab('Ask');
        await workbench.panel
          .locator(`.place[title^="totals.ts:${line + 2}-"]`)
          .first()
          .waitFor();
        assert.deepEqual(
          (await quotedFiles(workbench)).filter((each) => each !== 'totals.ts'),
          others,
        );
        await place.click();
        await workbench.tab('totals.ts').waitFor();
        await workbench.cursorAt(line + 2);
        await tool(workbench, 'Export the answer as Markdown').click();
        await editorShows(workbench, /^# Where is the total price/m);
        await workbench.openFile('notes.txt', ':1:1');
        await workbench.page.keyboard.press('Control+End');
        await tool(workbench, 'Insert passage 1 at the cursor').click();
        const code = (await passages.first().locator('.code-text').first().textContent()) ?? '';
        await editorShows(workbench, new RegExp(code.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
        await workbench.focusEditor();
        await workbench.command('File: Revert File');
        await send(workbench, 'and their quantity?');
        await answerTo(workbench);
        await workbench.panel.locator('.fold', { hasText: asked }).waitFor();
        // Taken up, it is the same conversation: the history has it once.
        await tool(workbench, 'Earlier questions').click();
        const rows = workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: asked });
        await rows.filter({ hasText: 'and their quantity?' }).waitFor();
        assert.equal(await rows.count(), 1);
        await workbench.page.keyboard.press('Escape');
      } finally {
        await writeFile(file, text);
      }
    },
  },
  {
    name: 'a workspace that changes under the index is answered from as it is now',
    timeoutMs: 120_000,
    async run({ workbench, workspace }) {
      const file = path.join(workspace, 'extension', 'zebra.ts');
      const code = (name: string) =>
        `/** Counts the stripes of a zebra. */\nexport function ${name}(zebra: string): number {\n  return zebra.length;\n}\n`;
      try {
        await writeFile(file, code('countStripes'));
        const asked = 'Where are the stripes of a zebra counted?';
        const quote = async () => {
          await beginAsking(workbench, asked);
          const passage = workbench.panel.locator('.turn:not(.past) .passage').first();
          await passage.waitFor({ timeout: 5_000 }).catch(() => undefined);
          return (await passage.isVisible()) ? await passage.textContent() : '';
        };
        const shows = (name: string) =>
          poll(async () => ((await quote())?.includes(name) ? true : undefined), 45_000);
        assert.ok(await shows('countStripes'), 'the new file was not found');
        await writeFile(file, `// moved\n\n${code('tallyStripes')}`);
        assert.ok(await shows('tallyStripes'), 'the file was quoted as it had been');
        await workbench.panel.locator('.passage .place[title^="extension/zebra.ts"]').first().click();
        await workbench.tab('zebra.ts').waitFor();
        await editorShows(workbench, /tallyStripes/);
      } finally {
        await rm(file, { force: true });
      }
    },
  },
  {
    name: 'code is explained as it stands in the editor, saved or not',
    timeoutMs: 120_000,
    async run({ workbench }) {
      await workbench.openFile('totals.ts', ':1:1');
      await workbench.page.keyboard.press('Control+Home');
      // By the saved lines the cursor would be in the function below.
      await workbench.type('// moved\n'.repeat(8));
      await workbench.openFile('totals.ts', ':18:1');
      await beginAsking(workbench, '/explain');
      const first = (await answerTo(workbench)).first();
      assert.deepEqual(placeOf(await first.locator('.place').getAttribute('title')), {
        file: 'totals.ts',
        line: 17,
      });
      assert.equal(await first.locator('.card-title').textContent(), 'function totalPrice');
      await first.locator('.place').click();
      await workbench.cursorAt(17);
      await workbench.command('File: Revert File');
    },
  },
  {
    name: 'folders of one name are told apart, and limit a question to the one that is meant',
    timeoutMs: 180_000,
    async run({ workbench, workspace, base }) {
      const window = path.join(base, 'same-names');
      for (const each of ['one', 'two']) {
        const folder = path.join(window, each, 'app');
        await mkdir(folder, { recursive: true });
        const code = `/** Feeds the walrus of ${each}. */\nexport function feedWalrus(): string {\n  return '${each}';\n}\n`;
        await writeFile(path.join(folder, 'walrus.ts'), code);
      }
      const file = path.join(window, 'both.code-workspace');
      await writeFile(file, JSON.stringify({ folders: [{ path: 'one/app' }, { path: 'two/app' }] }));
      try {
        await workbench.openWorkspace(file);
        await workbench.ready();
        await workbench.panelTab('Ask');
        const input = workbench.panel.locator('textarea.question');
        const option = workbench.panel.getByRole('option', { name: /^walrus\.ts/ });
        // As soon as both are indexed.
        const found = await poll(async () => {
          await input.fill('');
          await input.pressSequentially('#walrus');
          await workbench.page.waitForTimeout(500);
          return (await option.count()) === 2 || undefined;
        }, 45_000);
        assert.ok(found, 'the two files are not found');
        assert.deepEqual((await option.allTextContents()).sort(), ['walrus.tsone/app', 'walrus.tstwo/app']);
        await option.filter({ hasText: 'two/app' }).click();
        await send(workbench, 'Where is the walrus fed?');
        assert.deepEqual([...new Set(await quotedFiles(workbench))], ['two/app/walrus.ts']);
        await workbench.panel.locator('.turn:not(.past) .place').first().click();
        await editorShows(workbench, /Feeds the walrus of two/);
        // What is open is offered by the same name, unless it is a place of the question already.
        await tool(workbench, 'Remove walrus.ts').click();
        await workbench.panel.locator('.chip.offered[title$="two/app/walrus.ts"]').waitFor();
      } finally {
        await workbench.open(workspace);
        await workbench.ready();
      }
    },
  },
  {
    name: 'commands explain the code at the cursor, document it and say what there is',
    timeoutMs: 180_000,
    async run({ workbench }) {
      await workbench.openFile('totals.ts', ':10:1');
      await workbench.panelTab('Ask');
      const input = workbench.panel.locator('textarea.question');
      await input.fill('');
      await input.pressSequentially('/ex');
      await workbench.panel.getByRole('option', { name: /explain/ }).waitFor();
      await input.press('Tab');
      assert.equal(await input.inputValue(), '/explain ');
      await beginAsking(workbench, '/explain');
      const [first, ...others] = await quotedFiles(workbench);
      assert.equal(first, 'totals.ts');
      assert.ok(others.length > 0, 'nothing but the code itself was found');
      await beginAsking(workbench, '/doc');
      await workbench.panel.locator('.turn:not(.past)[aria-busy=false]').waitFor({ timeout: 60_000 });
      assert.deepEqual(await quotedFiles(workbench), ['totals.ts']);
      const note = workbench.panel.locator('.turn:not(.past) .card-note:visible');
      if (await note.isVisible()) {
        await tool(workbench, 'Insert as documentation, passage 1').click();
        await editorShows(workbench, /\/\*\* (?!Sums).*\. \*\//);
        await workbench.command('File: Revert File');
      } else {
        await workbench.panel.locator('.message:visible', { hasText: 'No line was written' }).waitFor();
      }
      await beginAsking(workbench, '/fix this');
      await workbench.panel.locator('.message:visible', { hasText: 'no command /fix' }).waitFor();
    },
  },
];
