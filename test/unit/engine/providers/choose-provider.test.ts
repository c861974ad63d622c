import { describe, expect, it } from 'vitest';
import {
  chooseAmong,
  chooseProvider,
  type Outcome,
} from '../../../../runtime/engine/providers/choose-provider';
import type { Finding, Probe, Timings } from '../../../../runtime/engine/providers/finding';

const probe = (finding: Finding, provider: Probe['provider'] = 'webgpu'): Probe => ({
  provider,
  finding,
  driver: 'a driver',
  at: '2026-01-01T00:00:00.000Z',
});
const timings = (readTokensPerSecond: number, firstTokenMs: number, msPerToken: number): Timings => ({
  readTokensPerSecond,
  firstTokenMs,
  msPerToken,
});
const measured = (own: Timings, cpu: Timings, provider?: Probe['provider']) =>
  probe({ precision: 'int8', error: 1e-5, own, cpu }, provider);

const cpu = timings(2000, 6, 4);
const withMixed: Outcome[] = ['cpu', 'webgpu', 'mixed'];

describe('the choice of a provider', () => {
  it.each<[name: string, own: Timings, outcomes: Outcome[], chosen: Outcome]>([
    ['faster in everything', timings(20_000, 4, 2), withMixed, 'webgpu'],
    ['just a quarter faster in everything', timings(2500, 4.8, 3.2), withMixed, 'webgpu'],
    ['a little faster in everything', timings(2200, 5.5, 3.7), withMixed, 'cpu'],
    ['reads faster, writes slower', timings(20_000, 8, 6), withMixed, 'mixed'],
    ['reads faster, writes as fast', timings(20_000, 6, 4), withMixed, 'mixed'],
    ['reads faster, writes slower, not mixed yet', timings(20_000, 8, 6), ['cpu', 'webgpu'], 'cpu'],
    ['reads a little faster, writes slower', timings(3000, 8, 6), withMixed, 'cpu'],
    ['reads slower, writes faster', timings(500, 4, 2), withMixed, 'cpu'],
    ['made of software', timings(90, 160, 150), withMixed, 'cpu'],
  ])('%s', (_, own, outcomes, chosen) => {
    const { provider, reason } = chooseAmong(outcomes, [measured(own, cpu)]);
    expect(provider).toBe(chosen);
    expect(reason).toMatch(/after a key, .* after a jump/);
  });

  // docs/performance.md; the first token's times are a guess, since they were not measured by themselves.
  it.each<[name: string, own: Timings, cpu: Timings, chosen: Outcome, mixed: Outcome]>([
    ['the embedded model', timings(27_000, 8, 5.7), timings(2977, 6, 2.8), 'cpu', 'mixed'],
    ['Mamba-2 of 130 M', timings(26_732, 10, 4.2), timings(1522, 15, 9.3), 'webgpu', 'webgpu'],
  ])('is, of %s on an H100 beside 8 threads, what the figures say', (_, own, processor, chosen, mixed) => {
    const found = [measured(own, processor)];
    expect(chooseAmong(['cpu', 'webgpu'], found).provider).toBe(chosen);
    expect(chooseAmong(withMixed, found).provider).toBe(mixed);
  });

  it('is the CPU where nothing else can be used or was looked at', () => {
    const broken = probe({ reason: 'No graphics adapter can be used here.' });
    expect(chooseProvider([broken])).toEqual({
      provider: 'cpu',
      reason: 'nothing else can be used here',
    });
    expect(chooseProvider([]).provider).toBe('cpu');
  });

  it('is the fastest of those that models are loaded on', () => {
    const fast = measured(timings(50_000, 1, 1), cpu, 'cuda');
    const slower = measured(timings(20_000, 4, 2), cpu);
    expect(chooseProvider([slower, fast]).provider).toBe('webgpu');
    expect(chooseProvider([fast]).reason).toContain('models are not loaded on CUDA');
  });
});
