import { describe, expect, it } from 'vitest';
import type { Probe } from '../../../../runtime/engine/providers/finding';
import { providerItems, type ProviderFacts } from '../../../../runtime/engine/providers/report';
import type { EngineSettings, EngineStatus } from '../../../../runtime/protocol/engine';

const cpu = { readTokensPerSecond: 2000, firstTokenMs: 6, msPerToken: 4 };
const own = { readTokensPerSecond: 20_000.4, firstTokenMs: 8, msPerToken: 5.71 };
const measured: Probe = {
  provider: 'webgpu',
  finding: { precision: 'int8', error: 1.2e-5, own, cpu },
  driver: 'nvidia 580.159.04',
  at: '2026-11-26T10:30:00.000Z',
};
const missing: Probe = { ...measured, provider: 'cuda', finding: { reason: 'CUDA needs a library.' } };

function lines(
  facts: Partial<ProviderFacts>,
  model: Partial<EngineStatus['model']> = {},
  provider: EngineSettings['provider'] = 'auto',
) {
  const status: EngineStatus['model'] = { name: 'fake', state: 'ready', languages: [], ...model };
  const items = providerItems(
    { choice: undefined, probes: undefined, obstacle: undefined, ...facts },
    status,
    { provider },
  );
  return items.map(({ title, value, advice = '' }) => `${title}: ${value}. ${advice}`.trim());
}

describe('what the doctor says of providers', () => {
  it('is what was chosen and why, and what each of them did', () => {
    const choice = { provider: 'cpu' as const, reason: 'a suggestion takes longer on webgpu' };
    expect(lines({ choice, probes: [measured, missing] }, { provider: 'cpu' })).toEqual([
      'In use: CPU: a suggestion takes longer on webgpu.',
      'CPU: reads 2000 tokens/s, first token after 6.0 ms, then 4.0 ms each.',
      'WebGPU: reads 20000 tokens/s, first token after 8.0 ms, then 5.7 ms each, in int8; results differ from the CPU\'s by 1e-5 at most (driver: nvidia 580.159.04; looked at on 2026-11-26 at 10:30 UTC). "Longview: Check Graphics Card Again" measures anew.',
      'CUDA: cannot be used (driver: nvidia 580.159.04; looked at on 2026-11-26 at 10:30 UTC). CUDA needs a library.',
    ]);
  });

  it('is a warning where the choice could not be held to', () => {
    const choice = { provider: 'webgpu' as const, reason: 'faster' };
    const model = { provider: 'cpu', fallback: 'The adapter is gone.' };
    expect(lines({ choice, probes: [] }, model)).toEqual([
      'In use: CPU, though WebGPU was chosen. The adapter is gone.',
    ]);
    expect(lines({}, model, 'webgpu')[0]).toBe(
      'In use: CPU, though WebGPU was asked for. The adapter is gone.',
    );
  });

  it.each<[facts: Partial<ProviderFacts>, provider: EngineSettings['provider'], said: RegExp[]]>([
    [{}, 'auto', [/^In use: CPU, once the model is loaded/, /not measured yet: .* after a suggestion/]],
    [{ obstacle: 'No room.' }, 'auto', [/^In use/, /^Others: not measured\. No room\.$/]],
    [
      {},
      'webgpu',
      [/^In use: WebGPU, once the model is loaded: as set/, /"longview.engine.provider" is webgpu/],
    ],
  ])('says why nothing was measured (%j, %s)', (facts, provider, said) => {
    const found = lines(facts, {}, provider);
    expect(found).toHaveLength(said.length);
    said.forEach((words, i) => expect(found[i]).toMatch(words));
  });
});
