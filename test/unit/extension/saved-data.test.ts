import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { clearFolder, clearableBytes } from '../../../extension/reports/saved-data';
import { temporaryFolder } from '../fixtures/model-folder';

test('saved data is deleted, and the models that were added are not', async () => {
  const root = temporaryFolder();
  for (const name of ['index', 'cache', 'models/owner--name']) {
    mkdirSync(path.join(root.path, name), { recursive: true });
    writeFileSync(path.join(root.path, name, 'file'), 'ten bytes.');
  }
  expect(await clearableBytes(root.path)).toBe(20);
  expect(await clearFolder(root.path)).toBe(20);
  expect(readdirSync(root.path)).toEqual(['models']);
  expect(existsSync(path.join(root.path, 'models', 'owner--name', 'file'))).toBe(true);
  root.remove();
  expect(await clearFolder(root.path), 'where there is nothing').toBe(0);
});
