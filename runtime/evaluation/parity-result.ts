import type { Provider } from '../graph/context';
import type { Precision } from '../graph/precision';
import { messageOf } from '../protocol/errors';
import { standardDeviation, worse, type Difference } from './differences';

/** Positions at the end that are read one by one. */
export const steps = 16;

/** Errors up to this share of the logits' standard deviation are those of float32's own rounding. */
const tolerance = 1e-3;

/** What is measured: how the weights are stored, and what computes. */
export interface ParityForm {
  precision: Precision;
  /** `mixed`: states cross between the CPU and the GPU as often as they can. */
  provider: Provider | 'mixed';
}

export interface ParityResult {
  name: string;
  family: string;
  provider: ParityForm['provider'];
  /** Largest error of the logits when all ids are read at once. */
  maxAbs: number;
  /** The same when they are read in two parts. */
  maxAbsSplit: number;
  /** The same for the last 16 positions read one by one. */
  maxAbsStep: number;
  /** Standard deviation of the reference's logits. */
  std: number;
  /** Share of positions, over all three readings, whose likeliest token is the reference's. */
  argmaxAgreement: number;
  /** Model folders: of the reference's greedy ids, how many come first without a difference. */
  greedyAgreement?: number;
  /** Where the reference has it: largest error of the first mixer's output. */
  maxAbsMixer?: number;
  /** float32: every error within 1e-3 of the standard deviation, full agreement. Others: all numbers are finite. */
  ok: boolean;
  error?: string;
}

export interface Measured {
  name: string;
  family: string;
  whole: Difference;
  split: Difference;
  step: Difference;
  expected: Float32Array;
  form: ParityForm;
  maxAbsMixer?: number;
  greedyAgreement?: number;
}

export function judged(measured: Measured): ParityResult {
  const { name, family, whole, split, step, expected, form, maxAbsMixer, greedyAgreement } = measured;
  const std = standardDeviation(expected);
  const errors = [whole, split, step].map(({ maxAbs }) => maxAbs / std);
  if (maxAbsMixer !== undefined) errors.push(maxAbsMixer);
  const all = worse(worse(whole, split), step);
  const argmaxAgreement = all.agreeing / all.rows;
  const exact =
    errors.every((error) => error <= tolerance) && argmaxAgreement === 1 && (greedyAgreement ?? 1) === 1;
  return {
    name,
    family,
    provider: form.provider,
    maxAbs: whole.maxAbs,
    maxAbsSplit: split.maxAbs,
    maxAbsStep: step.maxAbs,
    std,
    argmaxAgreement,
    ...(greedyAgreement === undefined ? {} : { greedyAgreement }),
    ...(maxAbsMixer === undefined ? {} : { maxAbsMixer }),
    ok: form.precision === 'float32' ? exact : errors.every(Number.isFinite),
  };
}

export function failed(name: string, family: string, form: ParityForm, error: unknown): ParityResult {
  const none = { maxAbs: NaN, maxAbsSplit: NaN, maxAbsStep: NaN, std: NaN, argmaxAgreement: 0 };
  return { name, family, provider: form.provider, ...none, ok: false, error: messageOf(error) };
}
