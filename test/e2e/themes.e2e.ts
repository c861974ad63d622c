/** Pictures of everything in four themes, in test-results/screenshots, for people to look at. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { question } from './ask.e2e';
import { answerTo, ask, beginAsking, send, suggest, summarise } from './jobs';
import { chatModel, withChatModel } from './lib/chat-model';
import { resultsFolder } from './lib/logs';
import { waitForEngine } from './lib/processes';
import type { EndToEndTest } from './lib/runner';

const folder = path.join(resultsFolder, 'screenshots');

const themes = [
  { name: 'light', label: 'Default Light Modern', workbench: 'vs', panel: 'vscode-light' },
  { name: 'dark', label: 'Default Dark Modern', workbench: 'vs-dark', panel: 'vscode-dark' },
  {
    name: 'high-contrast',
    label: 'Default High Contrast',
    workbench: 'hc-black',
    panel: 'vscode-high-contrast',
  },
  {
    name: 'high-contrast-light',
    label: 'Default High Contrast Light',
    workbench: 'hc-light',
    panel: 'vscode-high-contrast-light',
  },
];

export const tests: EndToEndTest[] = [
  {
    name: 'the three tabs and ghost text in light, dark and high contrast',
    timeoutMs: 300_000,
    async run({ workbench }) {
      const { page, panel } = workbench;
      await mkdir(folder, { recursive: true });
      await ask(workbench, question);
      await summarise(workbench, 'runtime/engine/scheduler.ts');
      for (const theme of themes) {
        const picture = (what: string) =>
          page.screenshot({ path: path.join(folder, `${what}-${theme.name}.png`) });
        await workbench.settings({ 'workbench.colorTheme': theme.label });
        await page.locator(`.monaco-workbench.${theme.workbench}`).waitFor();
        await suggest(workbench);
        await workbench.panelTab('Completions');
        await panel.locator(`body.${theme.panel}`).waitFor();
        await workbench.focusEditor();
        await workbench.command('Longview: Show Completions for the Cursor');
        await panel.locator('.candidate, .silence').first().waitFor({ timeout: 60_000 });
        await picture('completions');
        await suggest(workbench);
        await picture('ghost-text');
        await page.keyboard.press('Escape');
        await workbench.panelTab('Ask');
        await panel.locator('.passage').first().waitFor();
        await picture('ask');
        await workbench.panelTab('Summary');
        await panel.locator('.summary .row').first().waitFor();
        await picture('summary');
      }
    },
  },
  {
    name: 'a conversation in light and high contrast: stopped, cited, written, followed up, inserted',
    timeoutMs: 420_000,
    async run(session) {
      const { workbench } = session;
      const { page, panel } = workbench;
      await mkdir(folder, { recursive: true });
      const written = panel.locator('.turn:not(.past) .written');
      const writtenToItsEnd = () =>
        written.getByRole('button', { name: 'Copy the written answer' }).waitFor({ timeout: 120_000 });
      await withChatModel(session, async () => {
        for (const theme of themes.filter(({ name }) => name === 'light' || name === 'high-contrast')) {
          const picture = (what: string) =>
            page.screenshot({ path: path.join(folder, `conversation-${what}-${theme.name}.png`) });
          await workbench.settings({ 'workbench.colorTheme': theme.label });
          await page.locator(`.monaco-workbench.${theme.workbench}`).waitFor();
          await beginAsking(workbench, question);
          await panel.locator(`body.${theme.panel}`).waitFor();
          const passages = await answerTo(workbench);
          // Held still, as the tiny model would be done before the picture is.
          const engine = await waitForEngine(session.folders.userData);
          process.kill(engine, 'SIGSTOP');
          try {
            await picture('begun');
            await panel.getByRole('button', { name: 'Stop' }).first().click();
            await panel.locator('.turn:not(.past)[aria-busy=false]').waitFor();
          } finally {
            process.kill(engine, 'SIGCONT');
          }
          await picture('stopped');
          const place = passages.first().locator('.place');
          await place.click();
          await workbench.marks.first().waitFor();
          await picture('cited');
          await send(workbench, 'and which notification is shown?');
          await answerTo(workbench);
          await written.getByText(`Written by ${chatModel}`).waitFor({ timeout: 60_000 });
          await writtenToItsEnd();
          await picture('followed-up');
          await written.scrollIntoViewIfNeeded();
          await picture('written');
          await workbench.openFile('notes.txt', ':1:1');
          await page.keyboard.press('Control+End');
          await panel.getByRole('button', { name: 'Insert passage 1 at the cursor' }).last().click();
          await page.locator('.tab.active.dirty[data-resource-name="notes.txt"]').waitFor();
          await picture('inserted');
          await workbench.focusEditor();
          await workbench.command('File: Revert File');
        }
      });
    },
  },
];
