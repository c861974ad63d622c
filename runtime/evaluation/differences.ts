/** How far computed logits are from the reference's, over rows of `vocabulary`. */
export interface Difference {
  maxAbs: number;
  /** Rows whose largest entry is the same one, and all rows. */
  agreeing: number;
  rows: number;
}

export const noDifference: Difference = { maxAbs: 0, agreeing: 0, rows: 0 };

/** NaN anywhere makes `maxAbs` NaN, which no tolerance lets pass. */
export function difference(found: Float32Array, expected: Float32Array, vocabulary: number): Difference {
  if (found.length !== expected.length)
    throw new Error(`${found.length} values were computed where the reference has ${expected.length}`);
  let maxAbs = 0;
  for (let i = 0; i < expected.length; i++) maxAbs = Math.max(maxAbs, Math.abs(found[i]! - expected[i]!));
  const rows = expected.length / vocabulary;
  let agreeing = 0;
  for (let row = 0; row < rows; row++) {
    const at = row * vocabulary;
    const top = (values: Float32Array) => largestIndex(values.subarray(at, at + vocabulary));
    if (top(found) === top(expected)) agreeing++;
  }
  return { maxAbs, agreeing, rows };
}

export function worse(a: Difference, b: Difference): Difference {
  return {
    maxAbs: Math.max(a.maxAbs, b.maxAbs),
    agreeing: a.agreeing + b.agreeing,
    rows: a.rows + b.rows,
  };
}

export function standardDeviation(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return Math.sqrt(squares / values.length);
}

function largestIndex(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
