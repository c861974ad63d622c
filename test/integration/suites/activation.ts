import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { longview } from '../lib/support';
import type { IntegrationTest } from '../suite';

interface Manifest {
  contributes: { commands: { command: string }[] };
}

export const tests: readonly IntegrationTest[] = [
  {
    name: 'the extension is active and hands out its interface',
    run: async () => {
      const api = await longview();
      assert.equal(typeof api.enginePid, 'function');
    },
  },
  {
    name: 'every command of the manifest is registered, and every other one of ours is meant to be hidden',
    run: async () => {
      await longview();
      const manifest = vscode.extensions.getExtension('longview.longview')?.packageJSON as Manifest;
      const contributed = manifest.contributes.commands.map(({ command }) => command).sort();
      const registered = (await vscode.commands.getCommands(true)).filter((id) => /^longview\.\w+$/.test(id));
      const missing = contributed.filter((id) => !registered.includes(id));
      assert.deepEqual(missing, []);
      const extra = registered.filter((id) => !contributed.includes(id));
      assert.deepEqual(extra, ['longview.completionAccepted']);
    },
  },
];
