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

const asking = (question, over = {}) => ({ question, places: [], leaveOut: [], ...over });
const lastPosted = async (page) => (await posted(page)).at(-1);

export const behaviours = {
  async 'Enter asks, Shift+Enter breaks the line, Escape stops'(open) {
    const { page, say, close } = await open();
    const input = page.getByRole('combobox', { name: 'Question about this workspace' });
    await input.fill('one');
    await input.press('Shift+Enter');
    await input.pressSequentially('two');
    await input.press('Enter');
    assert.deepEqual(await posted(page), [
      { type: 'ready' },
      { type: 'ask', asking: asking('one\ntwo'), after: [], earlier: [] },
    ]);
    await page.getByText('Searching the index…').waitFor();
    await input.press('Escape');
    assert.deepEqual((await posted(page)).at(-1), { type: 'cancel', what: 'ask' });
    await say([
      { type: 'askStarted', id: 7, asking: asking('one\ntwo'), after: [] },
      { type: 'askFailed', id: 7, message: '', cancelled: true },
    ]);
    await input.press('ArrowUp');
    assert.equal(await input.inputValue(), 'one\ntwo');
    await input.press('ArrowDown');
    assert.equal(await input.inputValue(), '');
    await close();
  },

  async 'a written answer: links open its passages, doubts are told, nothing becomes markup'(open) {
    const { page, say, close } = await open();
    await say(states['ask-writing']);
    await page.getByText('Writing…').waitFor();
    await page.getByRole('button', { name: 'Stop' }).last().click();
    assert.deepEqual(await lastPosted(page), { type: 'cancel', what: 'ask' });
    await say(states['ask-written'].slice(-1));
    const written = page.getByRole('region', { name: 'Written answer' });
    assert.equal(await written.getByText('Written by granite-4.0-h-350m, a model').count(), 1);
    await written.getByRole('link', { name: /^Passage 4/ }).click();
    assert.deepEqual(await lastPosted(page), {
      type: 'openCitation',
      path: '/home/user/project/README.md',
      range: { startLine: 66, endLine: 66 },
      id: 1,
      number: 4,
    });
    assert.deepEqual(
      await written.locator('.doubt').evaluateAll((nodes) => nodes.map((node) => node.title)),
      ['This does not stand in any of the passages.', 'The model was shown no such passage.'],
    );
    assert.equal(await written.locator('b').count(), 0);
    assert.match(await written.locator('ul').innerText(), /<b>not even<\/b>/);
    await written.getByRole('button', { name: 'Copy the written answer' }).click();
    assert.deepEqual(await lastPosted(page), { type: 'copyWritten', id: 1 });
    await close();
  },

  async 'passages: one tab stop, arrow keys, Enter opens the lines'(open) {
    const { page, say, close } = await open();
    await say(states['ask-passages']);
    await page.locator('.place').first().focus();
    assert.equal(await focused(page), 'src/state/store.ts, lines 42 to 65');
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'Insert passage 1 at the cursor');
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
      id: 1,
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
    await say([{ type: 'askStarted', id: 2, asking: asking('second'), after: [] }]);
    await say([states['ask-passages'].at(-1)]);
    assert.equal(await page.locator('.passage').count(), 0);
    await page.getByText('Searching the index…').waitFor();
    await say([{ type: 'nonsense' }, null, 'text', { type: 'askDone', id: 3 }]);
    assert.equal(await page.locator('.passage').count(), 0);
    await close();
  },

  async 'a follow-up keeps its context until that is taken away'(open) {
    const { page, say, close } = await open();
    await say(states['ask-passages']);
    const input = page.getByRole('combobox');
    const { question } = states['ask-passages'][1].asking;
    await input.fill('and the tests?');
    await input.press('Enter');
    assert.deepEqual(await lastPosted(page), {
      type: 'ask',
      asking: asking('and the tests?'),
      after: [1],
      earlier: [question],
    });
    await say([
      { type: 'askStarted', id: 2, asking: asking('and the tests?'), after: [1] },
      { ...states['ask-passages'].at(-1), id: 2 },
    ]);
    assert.equal(await page.locator('.passage:visible').count(), 4);
    const fold = page.getByRole('button', { name: /^When is a snapshot/ });
    assert.equal(await fold.getAttribute('aria-expanded'), 'false');
    await fold.click();
    assert.equal(await page.locator('.passage:visible').count(), 8);
    await page.getByRole('button', { name: 'Ask without what came before' }).click();
    await input.fill('alone');
    await input.press('Enter');
    assert.deepEqual(await lastPosted(page), {
      type: 'ask',
      asking: asking('alone'),
      after: [],
      earlier: [],
    });
    await page.getByRole('button', { name: 'New question' }).click();
    assert.deepEqual(await lastPosted(page), { type: 'newConversation' });
    await say([{ type: 'askCleared' }]);
    await page.getByText('Find the code that answers').waitFor();
    await close();
  },

  async 'an answer can be asked again, edited, copied and exported, a passage inserted'(open) {
    const { page, say, close } = await open();
    await say(states['ask-passages']);
    const { asking: asked } = states['ask-passages'][1];
    const press = async (name) => {
      await page.getByRole('button', { name, exact: true }).click();
      return lastPosted(page);
    };
    assert.deepEqual(await press('Copy the answer as Markdown'), { type: 'copyAnswer', id: 1 });
    assert.equal(await page.getByRole('status').textContent(), 'Answer copied.');
    assert.deepEqual(await press('Export the answer as Markdown'), { type: 'exportAnswer', id: 1 });
    const insert = { type: 'insertPassage', id: 1, number: 2 };
    assert.deepEqual(await press('Insert passage 2 at the cursor'), insert);
    const input = page.getByRole('combobox');
    await press('Edit the question');
    await frame(page);
    assert.equal(await input.inputValue(), asked.question);
    await page.getByText('Editing a question').waitFor();
    await input.fill('better');
    await input.press('Enter');
    assert.deepEqual(await lastPosted(page), {
      type: 'ask',
      asking: asking('better'),
      after: [],
      earlier: [],
    });
    await say(states['ask-passages'].slice(1));
    assert.deepEqual(await press('Ask this again'), { type: 'ask', asking: asked, after: [], earlier: [] });
    await close();
  },

  async 'context: # names a file, chips go with the question, filters leave out'(open) {
    const { page, say, close } = await open();
    await say(states['ask-empty']);
    const file = { kind: 'file', path: '/p/src/store.ts', displayPath: 'src/store.ts' };
    const folder = { kind: 'folder', path: '/p/src', displayPath: 'src' };
    const input = page.getByRole('combobox');
    await input.pressSequentially('where in #sto');
    assert.deepEqual(await lastPosted(page), { type: 'findPlaces', query: 'sto' });
    await say([{ type: 'foundPlaces', query: 'sto', places: [folder, file] }]);
    assert.equal(await input.getAttribute('aria-expanded'), 'true');
    await input.press('ArrowDown');
    assert.equal(await input.getAttribute('aria-activedescendant'), 'mention-1');
    assert.equal(await page.getByRole('option', { selected: true }).textContent(), 'store.tssrc');
    await input.press('Enter');
    assert.equal(await input.inputValue(), 'where in ');
    assert.equal(await input.getAttribute('aria-expanded'), 'false');
    await say([{ type: 'offers', places: [folder] }]);
    await page.getByRole('button', { name: 'Add src/' }).click();
    await page.getByRole('button', { name: 'Tests' }).click();
    await frame(page);
    assert.equal(await page.getByRole('button', { name: 'Tests' }).getAttribute('aria-pressed'), 'false');
    await input.press('Enter');
    const sent = asking('where in', { places: [file, folder], leaveOut: ['tests'] });
    assert.deepEqual(await lastPosted(page), { type: 'ask', asking: sent, after: [], earlier: [] });
    await page.getByRole('button', { name: 'Remove store.ts' }).first().click();
    await frame(page);
    await input.press('Backspace');
    await frame(page);
    assert.equal(await page.locator('.composer .chip:not(.offered)').count(), 1);
    await close();
  },

  async 'commands are completed, and sent once they stand there whole'(open) {
    const { page, say, close } = await open();
    await say(states['ask-empty']);
    const input = page.getByRole('combobox');
    await input.pressSequentially('/');
    assert.equal(await page.getByRole('option').count(), 4);
    await input.pressSequentially('e');
    await input.press('Tab');
    assert.equal(await input.inputValue(), '/explain ');
    await input.fill('/summarize');
    await input.press('Enter');
    assert.deepEqual(await lastPosted(page), {
      type: 'ask',
      asking: asking('/summarize'),
      after: [],
      earlier: [],
    });
    assert.equal(await page.locator('.turn').count(), 0);
    await say(states['ask-command']);
    await page.getByRole('button', { name: 'Insert as documentation, passage 2' }).click();
    assert.deepEqual(await lastPosted(page), { type: 'insertNote', id: 1, number: 2 });
    await close();
  },

  async 'files can be dragged in'(open) {
    const { page, close } = await open();
    await page.evaluate(() => {
      const data = new window.DataTransfer();
      data.setData('text/uri-list', 'file:///p/a.ts\r\nfile:///p/b');
      for (const type of ['dragenter', 'dragover', 'drop'])
        document
          .querySelector('.question')
          .dispatchEvent(new window.DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
    });
    assert.deepEqual(await lastPosted(page), { type: 'dropPlaces', uris: ['file:///p/a.ts', 'file:///p/b'] });
    await close();
  },

  async 'notes come without moving what is read'(open) {
    const { page, say, close } = await open();
    await say(states['ask-notes'].slice(0, 3));
    await page.locator('.place').nth(1).focus();
    const second = page.locator('.card-note').nth(1);
    assert.equal(await second.textContent(), '…');
    await say(states['ask-notes'].slice(3));
    assert.match(await second.textContent(), /least work per byte.*Generated/);
    assert.equal(await focused(page), 'src/state/eviction.ts, lines 9 to 12');
    await page.keyboard.press('Escape');
    assert.deepEqual(await lastPosted(page), { type: 'cancel', what: 'ask' });
    await say([{ type: 'askFailed', id: 1, message: '', cancelled: true }]);
    assert.equal(await page.locator('.passage').count(), 4);
    assert.equal(await page.locator('.card-note:visible').count(), 2);
    await close();
  },

  async 'places follow edits'(open) {
    const { page, say, close } = await open();
    await say(states['ask-edited']);
    const place = page.locator('.place').first();
    assert.equal(await place.getAttribute('title'), 'src/state/eviction.ts:21-24');
    await place.click();
    assert.deepEqual((await lastPosted(page)).range, { startLine: 20, endLine: 23 });
    assert.equal(await page.locator('.card-state:visible').count(), 2);
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
    const input = page.getByRole('combobox', { name: 'Question about this workspace' });
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
      'ask-conversation',
      'ask-context',
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
