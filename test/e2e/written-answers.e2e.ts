import assert from 'node:assert/strict';
import { question } from './ask.e2e';
import { answerTo, ask, send } from './jobs';
import { chatModel, withChatModel } from './lib/chat-model';
import type { EndToEndTest } from './lib/runner';

export const tests: EndToEndTest[] = [
  {
    name: 'an answer is written below its passages once a model is chosen for it, and goes on from what was said',
    timeoutMs: 240_000,
    async run(session) {
      const { workbench } = session;
      const written = workbench.panel.locator('.turn:not(.past) .written');
      await ask(workbench, question);
      assert.equal(await written.isVisible(), false, 'written though no model is chosen');
      await withChatModel(session, async () => {
        const passages = await ask(workbench, question);
        await written.getByText(`Written by ${chatModel}, a model`).waitFor({ timeout: 60_000 });
        assert.ok((await passages.count()) > 0);
        // Its end is there: what it cost, and what can be done with it.
        await written.getByRole('button', { name: 'Copy the written answer' }).waitFor({ timeout: 120_000 });
        assert.ok(((await written.locator('.written-prose').textContent()) ?? '').trim() !== '');
        assert.match((await written.locator('.written-foot .cost-line').textContent()) ?? '', /tokens? read/);

        await send(workbench, 'Where is that tested?');
        await answerTo(workbench);
        await written.getByRole('button', { name: 'Copy the written answer' }).waitFor({ timeout: 120_000 });
        assert.equal(await workbench.panel.locator('.turn .written').count(), 2);
      });
    },
  },
];
