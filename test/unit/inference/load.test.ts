import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadLanguageModel } from '../../../runtime/inference/load';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'longview-load-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('loading a model', () => {
  it('has its worker started while this thread is busy with the files', async () => {
    const [workerPath, mark] = [path.join(folder, 'worker.cjs'), path.join(folder, 'started')];
    writeFileSync(workerPath, `require('node:fs').writeFileSync(${JSON.stringify(mark)}, '');`);
    let startedMeanwhile = false;
    const prepare = () => {
      for (const end = Date.now() + 10_000; Date.now() < end && !startedMeanwhile;)
        startedMeanwhile = existsSync(mark);
      throw new Error('Nothing to load');
    };
    const loading = loadLanguageModel({ folder, cacheFolder: folder, prepare, workerPath });
    await expect(loading).rejects.toThrow('Nothing to load');
    expect(startedMeanwhile).toBe(true);
  });
});
