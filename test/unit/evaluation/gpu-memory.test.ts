import { expect, test } from 'vitest';
import { gpuMemory, ofCards, ofProcess } from '../../../runtime/evaluation/gpu-memory';
import { measureMemory } from '../../../runtime/evaluation/memory-growth';
import { FakeModel } from '../fakes/language-model';

const mib = 2 ** 20 / 1e6;

test('a process is found among others, its cards summed up', () => {
  expect(ofProcess('41, 300\n42, 1000\n42, 24\n', 42)).toBeCloseTo(1024 * mib);
  expect(ofProcess('41, 300\n', 42)).toBeUndefined();
  expect(ofProcess('', 42)).toBeUndefined();
  expect(ofProcess('42, [N/A]\n', 42)).toBeUndefined();
});

test('cards are summed up', () => {
  expect(ofCards('1000\n500\n')).toBeCloseTo(1500 * mib);
  expect(ofCards('')).toBeUndefined();
  expect(ofCards('[N/A]\n')).toBeUndefined();
});

test('the process counts where it is listed, else the card; without the tool there is no figure', async () => {
  const tool = (apps: string) => (_: string, args: readonly string[]) =>
    Promise.resolve(args[0]!.includes('apps') ? apps : '700\n');
  expect(await gpuMemory(42, tool('42, 10\n'))).toEqual({ MB: (10 * 2 ** 20) / 1e6, of: 'process' });
  expect(await gpuMemory(42, tool(''))).toEqual({ MB: (700 * 2 ** 20) / 1e6, of: 'card' });
  expect(await gpuMemory(42, () => Promise.reject(new Error('ENOENT')))).toBeUndefined();
});

test('memory is noted before the first token and at every so many', async () => {
  const points = await measureMemory(new FakeModel('x'.repeat(200)), { after: 10, generated: 36, every: 18 });
  expect(points.map(({ generated }) => generated)).toEqual([0, 18, 36]);
  expect(Object.keys(points[0]!)).toEqual(['generated', 'residentMB', 'statesMB']);
});
