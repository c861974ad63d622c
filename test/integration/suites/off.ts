import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  completeByHand,
  isAlive,
  longview,
  openUntitled,
  setSetting,
  unfinished,
  until,
} from '../lib/support';
import type { IntegrationTest } from '../suite';

export const tests: readonly IntegrationTest[] = [
  {
    name: 'switching off ends the engine, switching on starts another',
    timeoutMs: 120_000,
    run: async () => {
      const api = await longview();
      await openUntitled('typescript', unfinished);
      const first = await until('the engine runs', 30_000, () => api.enginePid());
      try {
        await vscode.commands.executeCommand('longview.toggle');
        await until('the engine is gone', 10_000, () => (isAlive(first) ? undefined : true));
        assert.equal(api.enginePid(), undefined);
      } finally {
        await setSetting('enabled', undefined);
      }
      const second = await until('another engine runs', 30_000, () => api.enginePid());
      assert.notEqual(second, first);
    },
  },
  {
    name: 'a killed engine is replaced, and the next completion succeeds',
    timeoutMs: 120_000,
    run: async () => {
      const api = await longview();
      const editor = await openUntitled('typescript', unfinished);
      const first = await until('the engine runs', 30_000, () => api.enginePid());
      process.kill(first, 'SIGKILL');
      assert.notEqual(await completeByHand(editor, 60_000), '');
      assert.notEqual(api.enginePid(), first);
    },
  },
];
