import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { fimFormats, type FimFormat } from '../../../runtime/models/fim-formats';
import { knownModel, memoryNeed, registry } from '../../../runtime/models/registry';
import { readManifest } from '../../../runtime/models/manifest';

const embedded = path.join(import.meta.dirname, '../../../runtime/models/striped-code');

test('a model is found by its repository, its folder or its name', () => {
  const granite = knownModel('owner/granite-4.0-h-350m-base');
  expect(granite).toMatchObject({ family: 'granitemoehybrid', roles: ['completion'], verified: false });
  expect(knownModel('someone--Granite-4.0-H-350M-Base')).toBe(granite);
  expect(knownModel('owner/mamba-130m-hf')).toBe(knownModel('mamba-130m'));
  expect(knownModel('owner/mamba')).toBeUndefined();
  expect(knownModel('')).toBeUndefined();
});

test('names are unique, and only what comes with Longview counts as verified', () => {
  const names = registry.map(({ name }) => name.toLowerCase());
  expect(new Set(names).size).toBe(names.length);
  expect(registry.filter(({ verified }) => verified).map(({ name }) => name)).toEqual(['striped-code']);
});

test('the embedded model is described as its folder does', () => {
  const known = knownModel('striped-code')!;
  const manifest = readManifest(embedded);
  expect(known.languages).toEqual(manifest.languages);
  expect(known.context).toBe(manifest.usefulContext);
  const { licence } = JSON.parse(readFileSync(path.join(embedded, 'longview.json'), 'utf8')) as object & {
    licence: string;
  };
  expect(known.licence).toBe(licence);
  const [need, weights] = [memoryNeed(known)!, 76.8e6];
  expect(need).toBeGreaterThan(weights);
  expect(need).toBeLessThan(weights + 10e6);
});

test('prompts name each of their parts once', () => {
  for (const { prefix, suffix, middle } of Object.values<FimFormat>(fimFormats))
    expect(new Set([prefix, suffix, middle]).size).toBe(3);
  for (const { roles, chat, name } of registry) expect(chat !== undefined, name).toBe(roles.includes('chat'));
});
