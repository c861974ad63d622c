import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  checkSetting,
  settingSpecs,
  type SettingKey,
  type SettingSpec,
} from '../../../extension/settings/schema';
import { english } from '../../../runtime/protocol/translate';

interface ManifestSetting {
  type: string;
  default: unknown;
  enum?: string[];
  minimum?: number;
  maximum?: number;
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  contributes: { configuration: { properties: Record<string, ManifestSetting> }[] };
};
const contributed = Object.assign(
  {},
  ...manifest.contributes.configuration.map((group) => group.properties),
) as Record<string, ManifestSetting>;
const keys = Object.keys(settingSpecs) as SettingKey[];

describe('settings', () => {
  it('are the same in the manifest and in the code', () => {
    expect(Object.keys(contributed).sort()).toEqual(keys.map((key) => `longview.${key}`).sort());
    for (const key of keys) {
      const spec: SettingSpec = settingSpecs[key];
      const setting = contributed[`longview.${key}`]!;
      expect(setting.default, key).toBe(spec.default);
      expect(setting.enum, key).toEqual(spec.kind === 'choice' ? spec.choices : undefined);
      if (spec.kind === 'number') {
        expect([setting.minimum, setting.maximum], key).toEqual([spec.minimum, spec.maximum]);
      }
    }
  });

  it('fall back to their default with a sentence that names setting, value and remedy', () => {
    const { value, problem } = checkSetting('completion.trigger', 'sometimes', english);
    expect(value).toBe('automatic');
    expect(problem).toBe(
      'The setting longview.completion.trigger is "sometimes", but must be one of "automatic", "manual", "off". Longview uses "automatic" instead.',
    );
  });

  it.each([
    ['engine.memoryLimit', 'much', 1024],
    ['engine.memoryLimit', -1, 1024],
    ['engine.threads', 1.5, 0],
    ['enabled', 'yes', true],
    ['models.completion', ' ', 'striped-code'],
    ['completion.multiline', null, 'auto'],
  ] as const)('%s = %j counts as %j', (key, value, fallback) => {
    const checked = checkSetting(key, value, english);
    expect(checked.value).toBe(fallback);
    expect(checked.problem).toContain(`longview.${key}`);
  });

  it('take usable values as they are, and a missing one as the default', () => {
    expect(checkSetting('engine.threads', 4, english)).toEqual({ value: 4 });
    expect(checkSetting('engine.threads', undefined, english)).toEqual({ value: 0 });
  });
});
