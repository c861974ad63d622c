/** Powers of e are looked up in steps of this fraction of 1; between two steps a straight line is close enough. */
const stepsPerOne = 128;
/** What lies further below the largest adds less than float32 can tell. */
const reach = 32;
const powers = Float64Array.from({ length: reach * stepsPerOne + 1 }, (_, i) => Math.exp(-i / stepsPerOne));

/**
 * log(sum(exp(logits))) within 1e-5. It is taken once a token over the whole vocabulary, where `Math.exp` would take
 * longer than everything else that this thread does for a token.
 * @param largest the largest of the logits
 */
export function logSumExp(logits: Float32Array, largest: number): number {
  let sum = 0;
  for (let i = 0; i < logits.length; i++) {
    const steps = (largest - logits[i]!) * stepsPerOne;
    if (steps < reach * stepsPerOne) {
      const nearest = (steps + 0.5) | 0;
      sum += powers[nearest]! * (1 - (steps - nearest) / stepsPerOne);
    }
  }
  return largest + Math.log(sum);
}
