import type { Translate } from '../../runtime/protocol/translate';

/** What each setting may hold. The manifest says the same; a test compares the two. */
export type SettingSpec =
  | { kind: 'boolean'; default: boolean }
  | { kind: 'choice'; default: string; choices: readonly string[] }
  | { kind: 'number'; default: number; minimum: number; maximum: number }
  | { kind: 'text'; default: string; mayBeEmpty?: true };

export const settingSpecs = {
  enabled: { kind: 'boolean', default: true },
  'completion.trigger': { kind: 'choice', default: 'automatic', choices: ['automatic', 'manual', 'off'] },
  'completion.multiline': { kind: 'choice', default: 'auto', choices: ['auto', 'never'] },
  'completion.eagerness': { kind: 'choice', default: 'balanced', choices: ['low', 'balanced', 'high'] },
  'models.completion': { kind: 'text', default: 'striped-code' },
  'models.chat': { kind: 'text', default: '', mayBeEmpty: true },
  'models.hub': { kind: 'text', default: 'https://huggingface.co' },
  'engine.provider': { kind: 'choice', default: 'auto', choices: ['auto', 'cpu', 'webgpu', 'mixed'] },
  'engine.memoryLimit': { kind: 'number', default: 1024, minimum: 400, maximum: 65_536 },
  'engine.threads': { kind: 'number', default: 0, minimum: 0, maximum: 256 },
  'storage.limit': { kind: 'number', default: 2048, minimum: 0, maximum: 1_048_576 },
  'ask.rerank': { kind: 'choice', default: 'off', choices: ['off', 'auto'] },
  'index.enabled': { kind: 'boolean', default: true },
  'tools.enabled': { kind: 'boolean', default: false },
  backgroundReading: { kind: 'choice', default: 'idle', choices: ['idle', 'off'] },
} as const satisfies Record<string, SettingSpec>;

export type SettingKey = keyof typeof settingSpecs;

export type SettingValue<K extends SettingKey> = (typeof settingSpecs)[K] extends {
  choices: readonly (infer C)[];
}
  ? C
  : (typeof settingSpecs)[K] extends { default: infer D }
    ? D extends boolean
      ? boolean
      : D extends number
        ? number
        : string
    : never;

export interface CheckedSetting<K extends SettingKey> {
  value: SettingValue<K>;
  /** A sentence, where the value was not usable and the default stands in for it. */
  problem?: string;
}

/** The setting's value, or its default with a sentence that says what is wrong with the value. */
export function checkSetting<K extends SettingKey>(key: K, value: unknown, t: Translate): CheckedSetting<K> {
  const spec: SettingSpec = settingSpecs[key];
  const fallback = spec.default as SettingValue<K>;
  if (value === undefined) return { value: fallback };
  const expected = expectation(spec, value, t);
  if (expected === undefined) return { value: value as SettingValue<K> };
  const problem = t(
    'The setting longview.{0} is {1}, but must be {2}. Longview uses {3} instead.',
    key,
    shown(value),
    expected,
    shown(spec.default),
  );
  return { value: fallback, problem };
}

/** What the value should have been; undefined when it is fine. */
function expectation(spec: SettingSpec, value: unknown, t: Translate): string | undefined {
  switch (spec.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? undefined : t('true or false');
    case 'choice':
      return spec.choices.some((choice) => choice === value)
        ? undefined
        : t('one of {0}', spec.choices.map(shown).join(', '));
    case 'number':
      return typeof value === 'number' &&
        Number.isInteger(value) &&
        value >= spec.minimum &&
        value <= spec.maximum
        ? undefined
        : t('a whole number from {0} to {1}', spec.minimum, spec.maximum);
    case 'text':
      if (spec.mayBeEmpty) return typeof value === 'string' ? undefined : t('a text');
      return typeof value === 'string' && value.trim() !== '' ? undefined : t('a text that is not empty');
  }
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
