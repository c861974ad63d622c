import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeModel } from '../../../runtime/architectures';
import { cardJobs, cardModels, cardParts } from '../../../runtime/evaluation/card-plan';
import { cardReport } from '../../../runtime/evaluation/card-report';
import { readCardFile, remainingJobs, writeCardFile } from '../../../runtime/evaluation/card-results';
import { stateBytesAt } from '../../../runtime/evaluation/state-size';
import { randomConfig } from '../../../runtime/models/random-model';
import { temporaryFolder } from '../fixtures/model-folder';

let root: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  root = temporaryFolder();
});
afterEach(() => root.remove());

const all = { parts: cardParts, models: cardModels, threads: 8, limitSeconds: 20, fixtures: '/fixtures' };

test('models on the card come first, then what they are held against, then the rest', () => {
  const ids = cardJobs({ ...all, models: ['random:mamba2-130m'] }).map(({ id }) => id);
  expect(ids).toEqual([
    'decode random:mamba2-130m webgpu',
    'decode random:mamba2-130m.transformer webgpu',
    'decode random:mamba2-130m cpu',
    'parity webgpu',
    'state random:mamba2-130m',
    'memory random:mamba2-130m',
  ]);
  const every = cardJobs(all).map(({ id }) => id);
  expect(new Set(every).size).toBe(every.length);
});

test('every model of the plan is known, and so is its Transformer', () => {
  const named = cardJobs(all).flatMap(({ args }) => args.filter((arg) => arg.startsWith('random:')));
  expect(new Set(named).size).toBe(2 * cardModels.length);
  for (const name of named) expect(() => randomConfig(name)).not.toThrow();
});

test('parts can be chosen; without fixtures there is no parity', () => {
  const parts = (options: Partial<typeof all>) =>
    new Set(cardJobs({ ...all, ...options }).map(({ part }) => part));
  expect(parts({ parts: ['state', 'memory'] as never })).toEqual(new Set(['state', 'memory']));
  expect(parts({ fixtures: undefined as never })).toEqual(new Set(['decode', 'state', 'memory']));
});

test('the embedded model runs in the form it is stored in on the CPU, beside a Transformer of its shape', () => {
  const jobs = cardJobs({ ...all, parts: ['decode'], models: ['striped-code'] });
  expect(jobs.map(({ args }) => args.includes('--precision'))).toEqual([true, true, false]);
  expect(jobs[1]!.args).toContain('random:striped-76m.transformer');
});

test('results are kept, and what failed is tried again', () => {
  const file = path.join(root.path, 'card.json');
  const machine = { CPU: 'x' };
  const content = readCardFile(file, machine);
  const jobs = cardJobs({ ...all, models: ['random:striped-76m'], parts: ['decode', 'state'] });
  expect(remainingJobs(jobs, content)).toEqual(jobs);
  content.results[jobs[0]!.id] = { seconds: 3, output: [] };
  content.results[jobs[1]!.id] = { seconds: 3, error: 'took too long' };
  writeCardFile(file, content);
  expect(existsSync(`${file}.tmp`)).toBe(false);
  const again = readCardFile(file, machine);
  expect(again).toEqual(content);
  expect(remainingJobs(jobs, again)).toEqual(jobs.slice(1));
});

test('another file is not taken for results, nor written over', () => {
  const file = path.join(root.path, 'notes.json');
  for (const text of ['notes', '[]', '{"results":null}', 'null']) {
    writeFileSync(file, text);
    expect(() => readCardFile(file, {})).toThrow(/notes\.json holds no results.*--out/);
    expect(readFileSync(file, 'utf8')).toBe(text);
  }
});

test('the report has a table of each part, and what failed', () => {
  const speed = { tokensPerSecond: 30000.4, stateMB: 7.84, cpuSeconds: 1, peakMB: 300 };
  const floors = {
    copyGBs: 2900,
    dispatchMicroseconds: 8,
    weightMB: 60,
    touchedStateMB: 12,
    dispatches: 250.5,
    bytesMs: 0.0248,
    dispatchMs: 2.004,
    ratio: 1.5,
  };
  const report = cardReport({
    machine: { GPU: 'NVIDIA H100', CPU: 'Xeon' },
    results: {
      'decode a webgpu': { seconds: 9, output: [{ after: 1024, msPerToken: 3.006, ...speed, floors }] },
      'decode a cpu': { seconds: 9, output: [{ after: 512, msPerToken: 3, ...speed, stopped: 'time' }] },
      'state a': { seconds: 1, output: [{ tokens: 65536, stateMB: 10, transformerMB: 40 }] },
      'memory a': {
        seconds: 50,
        output: [
          { generated: 0, residentMB: 300.4, statesMB: 8, gpu: { MB: 1500.2, of: 'card' } },
          { generated: 1000, residentMB: 301, statesMB: 8 },
        ],
      },
      'parity webgpu': {
        seconds: 60,
        output: {
          results: [
            { name: 'x', ok: true, maxAbs: 1e-4, std: 1 },
            { name: 'y', ok: false, maxAbs: 2, std: 1, error: 'lost' },
          ],
          skipped: [],
        },
      },
      'decode b webgpu': { seconds: 240.2, error: 'took too long' },
    },
  });
  expect(report).toContain('GPU: NVIDIA H100; CPU: Xeon');
  expect(report).toContain('| a webgpu | 1024 | 3.01 | 30000 | 7.8 | 0.025 | 250.5 | 2.00 | 1.50 |  |');
  expect(report).toContain('| a cpu | 512 | 3.00 | 30000 | 7.8 | – | – | – | – | time |');
  expect(report).toContain('| a | 65536 | 10.0 | 40.0 | 0.250 |');
  expect(report).toContain('| a | 0 | 300 | 8.0 | 1500 (card) |');
  expect(report).toContain('| a | 1000 | 301 | 8.0 | – |');
  expect(report).toContain('Parity, webgpu: 1 of 2 ok; largest error 2.0e+0 deviations; y (lost)');
  expect(report).toContain('- decode b webgpu, after 240 s: took too long');
  expect(cardReport({ machine: {}, results: {} })).toBe('\n');
});

test('the states of a hybrid take less than half of what a Transformer of its size keeps', () => {
  const bytes = (name: string, tokens: number) =>
    stateBytesAt(describeModel(randomConfig(name)), 'webgpu', tokens);
  const name = 'random:stripedhyena-7b';
  expect(bytes(name, 65536)).toBeLessThan(bytes(`${name}.transformer`, 65536) / 2);
  const perToken = (bytes(name, 2048) - bytes(name, 1024)) / 1024;
  // 16 layers of attention, 8 heads of keys and values of 128 numbers each.
  expect(perToken).toBe(16 * 2 * 8 * 128 * 4);
});
