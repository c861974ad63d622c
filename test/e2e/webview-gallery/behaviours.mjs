/* global console, document, window, requestAnimationFrame */
/** What the view promises to keyboards, screen readers and the host, tried on the built bundle. */
import assert from 'node:assert/strict';
import { longSummary, states } from './states.mjs';

const posted = (page) => page.evaluate(() => window.posted);
const frame = (page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
const focused = (page) =>
  page.evaluate(() => {
    const node = document.activeElement;
    return node?.getAttribute('aria-label') ?? node?.textContent?.trim() ?? '';
  });

export const behaviours = {
  async 'Enter asks, Shift+Enter breaks the line, Escape stops'(open) {
    const { page, say, close } = await open();
    const input = page.getByRole('textbox', { name: 'Question about this workspace' });
    await input.fill('one');
    await input.press('Shift+Enter');
    await input.pressSequentially('two');
    await input.press('Enter');
    assert.deepEqual(await posted(page), [{ type: 'ready' }, { type: 'ask', question: 'one\ntwo' }]);
    await page.getByText('Searching the index…').waitFor();
    await input.press('Escape');
    assert.deepEqual((await posted(page)).at(-1), { type: 'cancel', what: 'ask' });
    await say([
      { type: 'askStarted', id: 7, question: 'one\ntwo' },
      { type: 'askFailed', id: 7, message: '', cancelled: true },
    ]);
    await input.press('ArrowUp');
    assert.equal(await input.inputValue(), 'one\ntwo');
    await input.press('ArrowDown');
    assert.equal(await input.inputValue(), '');
    await close();
  },

  async 'passages: one tab stop, arrow keys, Enter opens the lines'(open) {
    const { page, say, close } = await open();
    await say(states['ask-passages']);
    await page.getByRole('textbox').focus();
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'src/state/store.ts, lines 42 to 65');
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'Copy passage 1');
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'Quoted from src/state/store.ts, lines 42 to 65');
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'Show all 24 lines');
    await page.keyboard.press('ArrowDown');
    assert.equal(await focused(page), 'src/state/eviction.ts, lines 9 to 12');
    await page.keyboard.press('End');
    assert.equal(await focused(page), 'README.md, line 67');
    await page.keyboard.press('Enter');
    assert.deepEqual((await posted(page)).at(-1), {
      type: 'openCitation',
      path: '/home/user/project/README.md',
      range: { startLine: 66, endLine: 66 },
      number: 4,
    });
    assert.ok(!page.url().includes('#'), 'a link must not navigate the webview');
    await page.getByRole('button', { name: 'Show all 24 lines' }).click();
    assert.equal(await page.locator('.passage').first().locator('.code-line').count(), 24);
    await close();
  },

  async 'a late answer never replaces a newer one'(open) {
    const { page, say, close } = await open();
    await say(states['ask-passages']);
    await say([{ type: 'askStarted', id: 2, question: 'second' }]);
    await say([states['ask-passages'].at(-1)]);
    assert.equal(await page.locator('.passage').count(), 0);
    await page.getByText('Searching the index…').waitFor();
    await say([{ type: 'nonsense' }, null, 'text', { type: 'askDone', id: 3 }]);
    assert.equal(await page.locator('.passage').count(), 0);
    await close();
  },

  async 'tabs follow the arrow keys, and reloading loses nothing'(open) {
    const { page, say, close } = await open();
    await say(states['ask-passages']);
    await say(states['summary-done'].slice(1));
    await page.getByRole('tab', { name: 'Summary' }).focus();
    await page.keyboard.press('ArrowRight');
    assert.equal(await focused(page), 'Completions');
    await page.keyboard.press('ArrowRight');
    assert.equal(await focused(page), 'Ask');
    // By its name: until the next frame is drawn, the other tab's field is the one that is there.
    const input = page.getByRole('textbox', { name: 'Question about this workspace' });
    await input.fill('draft');
    await page.reload();
    await frame(page);
    assert.equal(await page.locator('.passage').count(), 4);
    assert.equal(await input.inputValue(), 'draft');
    await page.getByRole('tab', { name: 'Summary' }).click();
    await frame(page);
    assert.equal(await page.locator('.row').count(), 13);
    await close();
  },

  async 'summary: rows jump, the filter keeps what surrounds a match'(open) {
    const { page, say, close } = await open();
    await say(states['summary-done']);
    await page.getByRole('link', { name: /^method put ?, line 46/ }).click();
    assert.deepEqual((await posted(page)).at(-1), {
      type: 'openLine',
      path: '/home/user/project/src/state/store.ts',
      line: 45,
      endLine: 57,
    });
    await page.locator('vscode-text-field input').fill('evict');
    await frame(page);
    assert.deepEqual(await page.locator('.row-item:visible .row-name').allTextContents(), [
      'SnapshotStore',
      'evict',
    ]);
    await close();
  },

  async 'streaming touches only its row: no scroll jump, focus stays'(open) {
    const { page, say, close } = await open();
    const lines = longSummary.lines.map((line) =>
      line.source === 'generated' ? { ...line, text: '', source: 'none' } : line,
    );
    const began = Date.now();
    await say([
      { type: 'showTab', tab: 'summary' },
      { type: 'summaryStarted', id: 1, displayPath: longSummary.displayPath },
      { type: 'summaryOutline', id: 1, summary: { ...longSummary, lines }, toGenerate: 1600 },
    ]);
    assert.equal(await page.locator('.row').count(), 2400);
    console.log(`outline of 2,400 rows drawn in ${Date.now() - began} ms`);
    const row = page.locator('.row').nth(1200);
    await row.scrollIntoViewIfNeeded();
    await row.focus();
    await frame(page);
    const before = await row.evaluate((node) => node.getBoundingClientRect().top);
    const updates = longSummary.lines.flatMap((line, index) =>
      line.source === 'generated' && index < 1000
        ? [{ type: 'summaryLine', id: 1, index, line, done: index, total: 1600 }]
        : [],
    );
    const streaming = Date.now();
    for (let at = 0; at < updates.length; at += 50) await say(updates.slice(at, at + 50));
    console.log(`${updates.length} lines streamed in ${Date.now() - streaming} ms`);
    const after = await row.evaluate((node) => node.getBoundingClientRect().top);
    assert.ok(Math.abs(after - before) < 2, `the row moved by ${after - before} px`);
    assert.ok(await row.evaluate((node) => node === document.activeElement), 'the row lost the focus');
    await close();
  },

  async 'completions: insert, explain, refresh'(open) {
    const { page, say, close } = await open();
    await say(states['completions-three']);
    await page.getByRole('button', { name: /^Insert suggestion 2/ }).click();
    assert.deepEqual((await posted(page)).at(-1), { type: 'insertCompletion', index: 1 });
    await page.getByRole('button', { name: 'Refresh suggestions' }).click();
    assert.deepEqual((await posted(page)).at(-1), { type: 'requestCompletions' });
    await say(states['completions-silence']);
    await page.getByRole('button', { name: 'Why No Suggestion?' }).click();
    assert.deepEqual((await posted(page)).at(-1), { type: 'command', command: 'explainSilence' });
    await close();
  },

  async 'switched off: the banner switches on, and nothing is waited for'(open) {
    const { page, say, close } = await open();
    await say(states['switched-off']);
    assert.equal(await page.getByText('Waiting for the engine').isVisible(), false);
    await page.getByRole('button', { name: 'Open Settings' }).click();
    assert.deepEqual((await posted(page)).at(-1), { type: 'command', command: 'openSettings' });
    const on = page.getByRole('button', { name: 'Switch On' });
    await on.focus();
    await say(states['switched-off']);
    assert.equal(await focused(page), 'Switch On');
    await page.keyboard.press('Enter');
    assert.deepEqual((await posted(page)).at(-1), { type: 'switchOn', what: 'longview' });
    await say(states['ask-empty']);
    assert.equal(await on.count(), 0);
    await say(states.untrusted);
    await page.getByRole('button', { name: 'Manage Workspace Trust' }).click();
    assert.deepEqual((await posted(page)).at(-1), { type: 'manageTrust' });
    await close();
  },

  async 'index switched off: its line and an empty answer switch it on'(open) {
    const { page, say, close } = await open();
    await say(states['ask-index-disabled']);
    const buttons = page.getByRole('button', { name: 'Switch On' });
    assert.equal(await buttons.count(), 2);
    for (const on of await buttons.all()) {
      await on.click();
      assert.deepEqual((await posted(page)).at(-1), { type: 'switchOn', what: 'index' });
    }
    await close();
  },

  async 'speaks the language whose words the page carries'(open) {
    const { page, start, close } = await open();
    await start(`&words=${encodeURIComponent(JSON.stringify({ Ask: 'Fragen "hier"' }))}`);
    await page.getByRole('tab', { name: 'Fragen "hier"' }).waitFor();
    await page.getByRole('tab', { name: 'Summary' }).waitFor();
    await close();
  },

  async 'the live region says start and end'(open) {
    const { page, say, close } = await open();
    const live = page.getByRole('status');
    await say(states['ask-searching']);
    assert.equal(await live.textContent(), 'Searching…');
    await say(states['ask-reranking'].slice(2));
    assert.equal(await live.textContent(), 'Searching…');
    await say(states['ask-passages'].slice(2));
    assert.equal(await live.textContent(), '4 passages found.');
    await close();
  },

  async 'fits when zoomed to 200 % in a narrow side bar'(open) {
    const { overflowing } = await import('./inspect.mjs');
    for (const name of [
      'ask-passages',
      'ask-indexing',
      'summary-done',
      'completions-three',
      'completions-silence',
    ]) {
      const { page, say, close } = await open({ width: 150, height: 400 });
      await say(states[name]);
      assert.deepEqual(await page.evaluate(overflowing), [], name);
      await close();
    }
  },

  async 'reduced motion stops every animation'(open) {
    const { page, say, close } = await open();
    await say(states['ask-searching']);
    assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
    await close();
  },
};
