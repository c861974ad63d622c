/** Pictures of everything in four themes, in test-results/screenshots, for people to look at. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { question } from './ask.e2e';
import { ask, suggest, summarise } from './jobs';
import { resultsFolder } from './lib/logs';
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
];
