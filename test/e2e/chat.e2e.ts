import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { question } from './ask.e2e';
import { chatModel, withChatModel } from './lib/chat-model';
import { resultsFolder } from './lib/logs';
import { poll, waitForEngine } from './lib/processes';
import type { EndToEndTest } from './lib/runner';
import type { Workbench } from './lib/workbench';

const chat = ({ page }: Workbench) => page.locator('.part.auxiliarybar .interactive-session');
const answers = (workbench: Workbench) => chat(workbench).locator('.interactive-response');
const stopButton = (workbench: Workbench) =>
  chat(workbench).locator('.interactive-input-part .codicon-stop-circle');

/** Asks what was begun in the chat's input, and returns the answer as it comes. */
async function askInChat(workbench: Workbench, words: string): Promise<Locator> {
  await workbench.type(words);
  await workbench.page.keyboard.press('Enter');
  await chat(workbench).locator('.interactive-request', { hasText: words }).last().waitFor();
  return answers(workbench).last();
}

/** Whether the chat completes an "@" with our name. */
async function isOffered(workbench: Workbench): Promise<boolean> {
  const { page } = workbench;
  const rows = page.locator('.suggest-widget.visible .monaco-list-row');
  const clear = async () => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Delete');
  };
  // A chat that is drawn anew while "@" is typed shows no list: it is typed again then.
  const listed = await poll(async () => {
    await chat(workbench).locator('.interactive-input-part .monaco-editor').first().click();
    await clear();
    await workbench.type('@');
    return await rows
      .first()
      .waitFor({ timeout: 5_000 })
      .then(() => true)
      .catch(() => undefined);
  }, 40_000);
  assert.ok(listed, 'the chat shows no list behind "@"');
  await workbench.type('long');
  await page.waitForTimeout(1_000);
  const names = await rows.locator('.label-name').allTextContents();
  await clear();
  return names.includes('@longview');
}

const settled = (workbench: Workbench) =>
  stopButton(workbench).waitFor({ state: 'detached', timeout: 120_000 });

export const tests: EndToEndTest[] = [
  {
    name: "the editor's chat offers @longview while a model is chosen: evidence first, then an answer that can be stopped and followed up",
    timeoutMs: 300_000,
    async run(session) {
      const { workbench, folders } = session;
      const { page } = workbench;
      const pictures = path.join(resultsFolder, 'screenshots');
      await mkdir(pictures, { recursive: true });
      const picture = (name: string) => page.screenshot({ path: path.join(pictures, `chat-${name}.png`) });
      // Chat is there without an account; only agents need one.
      await workbench.settings({ 'chat.disableAIFeatures': false });
      await workbench.command('Chat: Open Chat');
      await chat(workbench).waitFor();
      assert.equal(await isOffered(workbench), false);
      await picture('without-a-model');
      try {
        await withChatModel(session, async () => {
          await workbench.command('Chat: Open Chat');
          const offered = await poll(async () => (await isOffered(workbench)) || undefined, 30_000);
          assert.ok(offered, '@longview is not offered');

          await workbench.command('Longview: Ask in Chat');
          await chat(workbench).locator('.interactive-input-part').getByText(chatModel).waitFor();
          const first = await askInChat(workbench, question);
          const places = first.locator('.chat-inline-anchor-widget');
          await places.first().waitFor({ timeout: 60_000 });
          await first.getByText(`Written by ${chatModel}, a model: check it against the passages.`).waitFor();
          await picture('answering');
          await settled(workbench);
          assert.ok((await places.count()) >= 3, 'hardly a passage is linked');
          await picture('answered');
          const label = (await places.first().textContent()) ?? '';
          await places.first().evaluate((link) => (link as unknown as { click(): void }).click());
          const [, file = '', last = ''] = /^(.+?):(?:\d+-)?(\d+)$/.exec(label) ?? [];
          await workbench.tab(file).waitFor();
          // All lines are selected, to the end of the last one.
          await workbench.cursorAt(Number(last));
          assert.doesNotMatch((await page.locator('.statusbar').textContent()) ?? '', /Col 1 \(/);

          // An engine that does not listen is left alone at once.
          await chat(workbench).locator('.interactive-input-part .monaco-editor').first().click();
          const engine = await waitForEngine(folders.userData);
          process.kill(engine, 'SIGSTOP');
          try {
            await askInChat(workbench, 'Where are bytes formatted?');
            await stopButton(workbench).click();
            await stopButton(workbench).waitFor({ state: 'detached', timeout: 5_000 });
          } finally {
            process.kill(engine, 'SIGCONT');
          }

          const next = await askInChat(workbench, 'and which notification is shown?');
          await next.getByText(`Written by ${chatModel}`).waitFor({ timeout: 60_000 });
          await settled(workbench);
          const shown = await next.locator('.chat-inline-anchor-widget').allTextContents();
          assert.ok(
            shown.slice(0, 4).some((place) => /notices|engine-client|backoff/.test(place)),
            `the follow-up forgot what it follows: ${shown.join(', ')}`,
          );
          await picture('followed-up');
        });
      } finally {
        await workbench.command('View: Hide Secondary Side Bar');
      }
    },
  },
];
