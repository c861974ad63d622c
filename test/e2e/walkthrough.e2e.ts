import assert from 'node:assert/strict';
import { poll } from './lib/processes';
import type { EndToEndTest } from './lib/runner';

export const tests: EndToEndTest[] = [
  {
    name: 'the walkthrough shows its pictures, and its sample ends in an accepted completion',
    timeoutMs: 120_000,
    async run({ workbench }) {
      const { page } = workbench;
      const step = (name: string) =>
        page.locator(`.getting-started-step[data-step-id$="#longview.start.${name}"]`);
      await workbench.command('Longview: Get Started');
      for (const name of ['ask', 'summarize', 'privacy', 'complete']) {
        await step(name).click();
        const picture = page
          .locator('iframe.webview.ready')
          .contentFrame()
          .frameLocator('iframe#active-frame')
          .locator(`img[src*="${name}.png"]`);
        const width = await poll(
          () => picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth),
          20_000,
        );
        assert.ok(width, `${name}.png is not shown`);
      }
      await step('complete').getByRole('button', { name: 'Open the Sample' }).click();
      await workbench.waitForGhostText(60_000);
      await page.keyboard.press('Tab');
      assert.match(await workbench.visibleText(), /total \+= place\.longitude/);

      await workbench.command('Longview: Get Started');
      await step('complete').locator('.codicon-getting-started-step-checked').waitFor();
      assert.equal(await step('summarize').locator('.codicon-getting-started-step-checked').count(), 0);
    },
  },
];
