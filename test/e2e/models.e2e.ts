import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startHub } from '../unit/fixtures/hub-server';
import { temporaryFolder, writeTinyModel } from '../unit/fixtures/model-folder';
import { startProxy } from '../unit/fixtures/proxy-server';
import { poll } from './lib/processes';
import type { EndToEndTest } from './lib/runner';

export const tests: EndToEndTest[] = [
  {
    name: 'a model of a hub is shown, downloaded once it is confirmed, added and chosen',
    timeoutMs: 180_000,
    async run({ workbench, workspace, dataFolder, folders }) {
      const { page } = workbench;
      // Settings of the machine, which no workspace and no browser may change.
      const settings = path.join(folders.userData, 'Machine', 'settings.json');
      const source = temporaryFolder();
      writeTinyModel(source.path);
      const names = readdirSync(source.path);
      const hub = await startHub(
        'owner/tiny',
        Object.fromEntries(names.map((name) => [name, readFileSync(path.join(source.path, name))])),
      );
      // The hub has a name that the editor's proxy alone knows.
      const proxy = await startProxy(hub.address);
      const address = 'http://hub.longview.test';
      const begin = async () => {
        await workbench.askingCommand('Longview: Add Model...', 'Add a model');
        await workbench.pick('From a hub');
        await page.getByText(`Model on ${address}`).waitFor();
        await workbench.enter('owner/tiny');
        await workbench.dialog.getByText(/Licence: apache-2\.0/).waitFor();
      };
      try {
        mkdirSync(path.dirname(settings), { recursive: true });
        writeFileSync(settings, JSON.stringify({ 'longview.models.hub': address }));
        await workbench.open(workspace);
        await workbench.ready();
        await workbench.settings({ 'http.proxy': proxy.address });
        await begin();
        await page.keyboard.press('Escape');
        await workbench.dialog.waitFor({ state: 'detached' });
        assert.equal(hub.sent, 0, 'downloaded though it was called off');

        await begin();
        await workbench.dialog.locator('.monaco-button', { hasText: 'Download' }).click();
        const added = path.join(dataFolder, 'models', 'owner--tiny', 'origin.json');
        assert.ok(await poll(() => existsSync(added) || undefined, 30_000), 'not added');
        assert.ok(proxy.asked.length > 0, 'not through the proxy');
        // It comes so soon after the progress that the editor may not show it by itself.
        await workbench.command('Notifications: Show Notifications');
        await page.locator('.notifications-center').getByText('owner--tiny was added.').waitFor();
        await workbench.command('Notifications: Clear All Notifications');

        for (const name of ['owner--tiny', 'striped-code']) {
          await workbench.askingCommand('Longview: Select Model...', 'The model that completes');
          await workbench.pick(name);
          const chosen = () =>
            readFileSync(settings, 'utf8').includes(`"longview.models.completion": "${name}"`);
          assert.ok(await poll(() => chosen() || undefined, 10_000), `${name} was not chosen`);
        }
      } finally {
        rmSync(settings, { force: true });
        await proxy.close();
        await hub.close();
        source.remove();
        rmSync(path.join(dataFolder, 'models'), { recursive: true, force: true });
      }
    },
  },
];
