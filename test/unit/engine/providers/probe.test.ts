import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isMeasured } from '../../../../runtime/engine/providers/finding';
import { probe } from '../../../../runtime/engine/providers/probe';
import { largestDifference, resultsOf, tolerance } from '../../../../runtime/engine/providers/same-results';
import { measureTimings } from '../../../../runtime/engine/providers/timings';
import { Priority, type LanguageModel } from '../../../../runtime/inference/language-model';
import { loadLanguageModel, type LoadOptions } from '../../../../runtime/inference/load';
import { temporaryFolder, writeTinyModel } from '../../fixtures/model-folder';

const work = { priority: Priority.Completion };
let folder: ReturnType<typeof temporaryFolder>;
beforeAll(() => {
  folder = temporaryFolder();
  writeTinyModel(path.join(folder.path, 'model'));
});
afterAll(() => folder.remove());

async function withTiny<T>(
  options: Partial<LoadOptions>,
  job: (model: LanguageModel) => Promise<T>,
): Promise<T> {
  const asked = { folder: path.join(folder.path, 'model'), cacheFolder: path.join(folder.path, 'cache') };
  const model = await loadLanguageModel({ ...asked, threads: 1, ...options });
  try {
    return await job(model);
  } finally {
    await model.dispose();
  }
}

describe('a probe', () => {
  it('of a provider that is not here says so, whatever it was asked', async () => {
    const steps: string[] = [];
    const request = { folder: 'nowhere', cacheFolder: folder.path, threads: 1 };
    const finding = await probe({ ...request, provider: 'cuda' }, (step) => steps.push(step));
    expect(isMeasured(finding)).toBe(false);
    expect(finding).toMatchObject({
      reason: expect.stringMatching(/^CUDA's libraries .*shared library.*CUDA and cuDNN/) as string,
    });
    expect(steps).toEqual(['Looking for CUDA']);
  });

  it('of a GPU’s graphs gives what they give in short pieces, within rounding', async () => {
    const graphs: Partial<LoadOptions> = { provider: 'webgpu', runOn: 'cpu', precision: 'float32' };
    const whole = await withTiny(graphs, (model) => resultsOf(model, work));
    const pieces = await withTiny(graphs, (model) => resultsOf(model, work, 64));
    expect(whole.scores).toHaveLength(32);
    expect(whole.written.length).toBeGreaterThan(0);
    expect(largestDifference(whole, pieces)).toBeLessThan(tolerance / 10);
    const coarser = await withTiny({ ...graphs, precision: 'int4' }, (model) => resultsOf(model, work));
    expect(largestDifference(whole, coarser)).toBeGreaterThan(tolerance);
  });

  it('measures what a user waits for', async () => {
    let rounds = 0;
    const timings = await withTiny({}, (model) => measureTimings(model, work, () => rounds++));
    expect(rounds).toBe(3);
    for (const value of Object.values(timings)) expect(value).toBeGreaterThan(0);
    await withTiny({}, async (model) => {
      const given = measureTimings(model, { ...work, signal: AbortSignal.abort() }, () => rounds++);
      await expect(given).rejects.toThrow('Cancelled');
    });
  });
});

describe('the largest difference', () => {
  const results = (scores: number[], ...written: [id: number, logProbability: number][]) => ({
    scores: Float32Array.from(scores),
    written: written.map(([id, logProbability]) => ({ id, logProbability })),
  });

  it.each([
    ['of scores', results([-1, -2]), results([-1, -2.5]), 0.5],
    ['of what was written', results([], [1, -0.5]), results([], [1, -0.25]), 0.25],
    [
      'of two tokens that are as likely, whatever follows',
      results([], [1, -1], [2, -1]),
      results([], [3, -1], [4, -9]),
      0,
    ],
    ['of texts of which one stops', results([], [1, -1], [2, -1]), results([], [1, -1]), 0],
    ['of what is no number', results([-1]), results([NaN]), NaN],
  ])('%s', (_, a, b, expected) => {
    expect(largestDifference(a, b)).toBe(expected);
  });
});
