import type { Provider } from '../../graph/context';
import { isMeasured, nameOf, type Measured, type Probe, type Probed, type Timings } from './finding';

/** `mixed`: long texts are read on the GPU, all else is done on the CPU. */
export type Outcome = Provider | 'mixed';

/** What models can be loaded on. */
export const loadable = ['cpu', 'webgpu', 'mixed'] as const satisfies readonly Outcome[];
export type Loadable = (typeof loadable)[number];

export interface ProviderChoice<P extends Outcome = Loadable> {
  provider: P | 'cpu';
  /** Part of a sentence; what the choice was made by. */
  reason: string;
}

/** Tokens of what a user waits for: a jump to another place in a file, a key, and the suggestion itself. */
export const typical = { jump: 600, key: 10, written: 12 };

/**
 * What is gained must be worth a driver that may fail and memory that others want: a suggestion in four fifths of the
 * CPU's time, after a key as well as after a jump, and reading as much faster. An H100 read the embedded model ten times as fast
 * as 8 threads beside it, but wrote a token in 5.7 ms (int8) where they took 2.8: most suggestions follow a key, so that would
 * be a loss.
 */
const clearly = 1.25;
/** Where only reading moves to the GPU, a state of some MB crosses for it each time. */
const worthCrossing = 2;

/** Of all that were probed the fastest that a model can be loaded on, or the CPU. */
export function chooseProvider(probes: readonly Probe[]): ProviderChoice {
  return chooseAmong(loadable, probes);
}

export function chooseAmong<P extends Outcome>(
  outcomes: readonly P[],
  probes: readonly Probe[],
): ProviderChoice<P> {
  if (probes.length === 0) return { provider: 'cpu', reason: 'nothing else was measured yet' };
  const judged = probes.flatMap(({ provider, finding }) =>
    isMeasured(finding) ? [judge(outcomes, provider, finding)] : [],
  );
  const better = judged.filter(({ provider }) => provider !== 'cpu');
  const [best] = better.sort((a, b) => a.keyMs - b.keyMs);
  const { provider, reason } = best ?? {
    provider: 'cpu' as const,
    reason: judged.map(({ reason }) => reason).join('; ') || 'nothing else can be used here',
  };
  return { provider, reason };
}

interface Judgement<P extends Outcome> extends ProviderChoice<P> {
  /** A key's suggestion; Infinity where the CPU stays in use. */
  keyMs: number;
}

function judge<P extends Outcome>(
  outcomes: readonly P[],
  provider: Probed,
  { own, cpu }: Measured,
): Judgement<P> {
  const stays = (reason: string): Judgement<P> => ({ provider: 'cpu', reason, keyMs: Infinity });
  const name = nameOf(provider);
  const key = { own: keyMs(own), cpu: keyMs(cpu) };
  const jump = { own: jumpMs(own), cpu: jumpMs(cpu) };
  const reads = own.readTokensPerSecond / cpu.readTokensPerSecond;
  const said =
    `a suggestion takes ${ms(key.own)} on ${name} and ${ms(key.cpu)} on the CPU after a key, ` +
    `${ms(jump.own)} and ${ms(jump.cpu)} after a jump`;
  const gains = [key.cpu / key.own, jump.cpu / jump.own, reads];
  if (gains.every((gain) => gain >= clearly))
    return isOneOf(outcomes, provider)
      ? { provider, reason: said, keyMs: key.own }
      : stays(`${said}, but models are not loaded on ${name}`);
  const mixed = 'mixed';
  if (provider === 'webgpu' && reads >= worthCrossing && isOneOf(outcomes, mixed))
    return {
      provider: mixed,
      reason: `${name} reads ${reads.toFixed(1)} times as fast, but does not write clearly faster: ${said}`,
      keyMs: key.cpu,
    };
  return stays(said);
}

function isOneOf<T extends string>(values: readonly T[], value: string): value is T {
  return values.some((each) => each === value);
}

function keyMs({ firstTokenMs, msPerToken }: Timings): number {
  return firstTokenMs + (typical.written - 1) * msPerToken;
}

function jumpMs(timings: Timings): number {
  return (1000 * typical.jump) / timings.readTokensPerSecond + keyMs(timings);
}

const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
