import { mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { installedDriver } from '../../../../runtime/engine/providers/driver';
import type { Probe } from '../../../../runtime/engine/providers/finding';
import { ProbesFile } from '../../../../runtime/engine/providers/probes-file';
import { temporaryFolder } from '../../fixtures/model-folder';

const timings = { readTokensPerSecond: 1000, firstTokenMs: 5, msPerToken: 2 };
const probe: Probe = {
  provider: 'webgpu',
  finding: { precision: 'int8', error: 0, own: timings, cpu: timings },
  driver: 'a driver',
  at: '2026-01-01T00:00:00.000Z',
};
const failed: Probe = { ...probe, provider: 'cuda', finding: { reason: 'It crashed.' } };

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => (folder = temporaryFolder()));
afterEach(() => folder.remove());

describe('the file of probes', () => {
  it('remembers by key, and forgets', () => {
    const file = new ProbesFile(path.join(folder.path, 'cache'));
    expect(file.get('a')).toBeUndefined();
    file.set('a', [probe, failed]);
    file.set('b', []);
    const again = new ProbesFile(path.join(folder.path, 'cache'));
    expect(again.get('a')).toEqual([probe, failed]);
    expect(again.get('b')).toEqual([]);
    again.set('a', undefined);
    expect(file.get('a')).toBeUndefined();
  });

  it.each([
    '',
    '[]',
    '{"a":',
    '{"a":1}',
    '{"a":[{}]}',
    JSON.stringify({ a: [{ ...probe, finding: { precision: 'int8', error: null } }] }),
    JSON.stringify({ a: [{ ...probe, provider: 'coreml' }] }),
  ])('takes %s for nothing, and writes over it', (content) => {
    writeFileSync(path.join(folder.path, 'providers.json'), content);
    const file = new ProbesFile(folder.path);
    expect(file.get('a')).toBeUndefined();
    file.set('a', [failed]);
    expect(file.get('a')).toEqual([failed]);
  });

  it('keeps the newest, and does without where nothing can be written', () => {
    const file = new ProbesFile(folder.path);
    for (let i = 0; i < 40; i++) file.set(`key ${i}`, [failed]);
    expect(file.get('key 0')).toBeUndefined();
    expect(file.get('key 39')).toEqual([failed]);
    const content = readFileSync(path.join(folder.path, 'providers.json'), 'utf8');
    writeFileSync(path.join(folder.path, 'no-folder'), '');
    new ProbesFile(path.join(folder.path, 'no-folder')).set('a', [failed]);
    expect(readFileSync(path.join(folder.path, 'providers.json'), 'utf8')).toBe(content);
  });
});

describe('the installed driver', () => {
  beforeEach(() => {
    vi.stubEnv('VK_DRIVER_FILES', '');
    vi.stubEnv('VK_ICD_FILENAMES', '');
    vi.stubEnv('HOME', folder.path);
  });
  afterEach(() => vi.unstubAllEnvs());

  it('is told by files, and is another one after an update', () => {
    expect(installedDriver('linux', folder.path)).toEqual({ name: 'none', key: '' });
    const nvidia = path.join(folder.path, 'sys/module/nvidia');
    const icd = path.join(folder.path, 'usr/share/vulkan/icd.d');
    for (const each of [nvidia, icd]) mkdirSync(each, { recursive: true });
    writeFileSync(path.join(nvidia, 'version'), '580.159.04\n');
    writeFileSync(path.join(icd, 'nvidia_icd.json'), '{}');
    const first = installedDriver('linux', folder.path);
    expect(first.name).toBe('nvidia 580.159.04; Vulkan by nvidia_icd.json');
    expect(installedDriver('linux', folder.path)).toEqual(first);
    utimesSync(path.join(icd, 'nvidia_icd.json'), 1, 1);
    expect(installedDriver('linux', folder.path).key).not.toBe(first.key);
    rmSync(path.join(nvidia, 'version'));
    expect(installedDriver('linux', folder.path).name).toMatch(/^nvidia of Linux \d/);
  });

  it('is the one that the loader is told to take', () => {
    vi.stubEnv('VK_ICD_FILENAMES', '/opt/software/vk_swiftshader_icd.json');
    expect(installedDriver('linux', folder.path).name).toBe('Vulkan by vk_swiftshader_icd.json');
  });

  it('has the version of the system where files do not tell', () => {
    expect(installedDriver('darwin').key).toMatch(/^macOS, kernel \d/);
    expect(installedDriver('win32').name).toMatch(/^Windows \d/);
  });
});
