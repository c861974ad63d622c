import type { Precision } from '../../graph/precision';
import type { ExecutionProvider } from '../../inference/session';
import { isRecord } from '../../protocol/json';

/** What is probed: what models can be loaded on besides the CPU, and CUDA, which is only looked for. */
export type Probed = Exclude<ExecutionProvider, 'cpu'>;

const names: Record<string, string> = { cpu: 'CPU', webgpu: 'WebGPU', cuda: 'CUDA', mixed: 'CPU and WebGPU' };

/** As people write it. */
export function nameOf(provider: string): string {
  return names[provider] ?? provider;
}

/** What a user waits for, measured on one provider. */
export interface Timings {
  /** While reading what a jump to another place in a file needs. */
  readTokensPerSecond: number;
  /** From what a key has typed to the first token: one run. */
  firstTokenMs: number;
  /** Every further token. */
  msPerToken: number;
}

/** A provider that gives the CPU's results, and how fast the two of them were within one process. */
export interface Measured {
  precision: string;
  /** Largest difference of log-probabilities to the same graph on the CPU. */
  error: number;
  own: Timings;
  cpu: Timings;
}

/** A provider that cannot be used, in a sentence that names the remedy. */
export interface Unusable {
  reason: string;
}

export type Finding = Measured | Unusable;

export function isMeasured(finding: Finding): finding is Measured {
  return 'own' in finding;
}

/** A finding with what it is true of. */
export interface Probe {
  provider: Probed;
  finding: Finding;
  /** The driver as it was, in words. */
  driver: string;
  /** ISO 8601. */
  at: string;
}

/** What a probing process is told. Plain data. */
export interface ProbeRequest {
  provider: Probed;
  folder: string;
  cacheFolder: string;
  precision?: Precision;
  /** As many as the engine's model has: fewer would make the CPU look slow. */
  threads: number;
}

/** What it says: what it is at, as often as it gets on, and at its end what it has found. */
export type ProbeMessage = { step: string } | { finding: Finding };

export function isFinding(value: unknown): value is Finding {
  if (!isRecord(value)) return false;
  if (typeof value.reason === 'string') return true;
  const { precision, error, own, cpu } = value;
  return typeof precision === 'string' && isNumber(error) && isTimings(own) && isTimings(cpu);
}

function isTimings(value: unknown): value is Timings {
  return (
    isRecord(value) &&
    isNumber(value.readTokensPerSecond) &&
    isNumber(value.firstTokenMs) &&
    isNumber(value.msPerToken)
  );
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
