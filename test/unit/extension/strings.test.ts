import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { stringsBundle, translated } from '../../../scripts/lib/strings.mjs';

it('are exported as they stand in the sources (npm run strings)', async () => {
  expect(await stringsBundle()).toBe(readFileSync('l10n/bundle.l10n.json', 'utf8'));
});

it('are found wherever the translator is called', () => {
  const source = "t('One.'); vscode.l10n.t(`Two {0}.`, 2); l10n.t('Three.'); set('Four.'); x.t('Five.');";
  expect(translated('a.ts', source)).toEqual(['One.', 'Two {0}.', 'Three.']);
});

it('must stand there as they are, with a value for every place', () => {
  expect(() => translated('a.ts', '\nt(`No ${word}`)')).toThrow(/^a\.ts:2: the sentence must stand there/);
  expect(() => translated('a.ts', "t('{0} of {1}', 1)")).toThrow(/^a\.ts:1: .* takes 2 values and gets 1/);
  expect(() => translated('a.ts', "t('None', 1)")).toThrow(/takes 0 values and gets 1/);
});
