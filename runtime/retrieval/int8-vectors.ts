/** Vectors as bytes: a quarter of the memory, and their cosines stay right to about a hundredth. */
import type { TurnKeeper } from './turns';

/** Rows between two looks at the clock. */
const STEP = 256;

export interface Int8Vector {
  /** [width], -127..127 */
  values: Int8Array;
  /** `values * scale` has length 1. */
  scale: number;
}

/** Scaled to length 1, each number to the nearest of 255; a vector of zeros stays one. */
export function quantise(vector: Float32Array): Int8Vector {
  let most = 0;
  for (const value of vector) most = Math.max(most, Math.abs(value));
  const values = Int8Array.from(vector, (value) => (most > 0 ? Math.round((value / most) * 127) : 0));
  let squares = 0;
  for (const value of values) squares += value * value;
  return { values, scale: squares > 0 ? 1 / Math.sqrt(squares) : 0 };
}

/** Many vectors of one width, each under a key. */
export class VectorTable {
  private count = 0;
  private keys: Float64Array;
  private scales: Float64Array;
  /** [capacity * width] */
  private values: Int8Array;

  constructor(
    private readonly width: number,
    capacity: number,
  ) {
    this.keys = new Float64Array(capacity);
    this.scales = new Float64Array(capacity);
    this.values = new Int8Array(capacity * width);
  }

  /** One of another width is left out. */
  add(key: number, { values, scale }: Int8Vector): void {
    if (values.length !== this.width) return;
    if (this.count === this.keys.length) this.grow();
    this.keys[this.count] = key;
    this.scales[this.count] = scale;
    this.values.set(values, this.count * this.width);
    this.count++;
  }

  /**
   * Keys by the cosine of their vectors with this one, highest first, as many as are taken; none where the widths differ.
   * Vectors that are added meanwhile are left out.
   * @param turn hands the thread back between steps: many vectors take longer than a keystroke may wait
   * @param among the keys that are meant; absent = all
   */
  async *nearest(
    vector: Float32Array,
    turn: TurnKeeper,
    among?: { has(key: number): boolean },
    signal?: AbortSignal,
  ): AsyncGenerator<{ key: number; cosine: number }, void, void> {
    if (vector.length !== this.width) return;
    const asked = quantise(vector);
    const cosines = new Float64Array(this.count);
    const rows: number[] = [];
    for (let from = 0; from < cosines.length; from += STEP) {
      const end = Math.min(from + STEP, cosines.length);
      for (let row = from; row < end; row++) {
        if (among && !among.has(this.keys[row]!)) continue;
        cosines[row] = this.cosine(asked, row);
        rows.push(row);
      }
      if (turn.isOver()) await turn.next(signal);
    }
    const before = (a: number, b: number) =>
      cosines[a]! > cosines[b]! || (cosines[a] === cosines[b] && a < b);
    // A heap: few of many are taken, as a rule.
    for (let at = (rows.length >> 1) - 1; at >= 0; at--) {
      sink(rows, at, rows.length, before);
      if (at % STEP === 0 && turn.isOver()) await turn.next(signal);
    }
    for (let left = rows.length; left > 0; left--) {
      const row = rows[0]!;
      rows[0] = rows[left - 1]!;
      sink(rows, 0, left - 1, before);
      yield { key: this.keys[row]!, cosine: cosines[row]! };
      if (turn.isOver()) await turn.next(signal);
    }
  }

  private cosine({ values: asked, scale }: Int8Vector, row: number): number {
    const { width, values, scales } = this;
    const from = row * width;
    let sum = 0;
    // Kept to 32 bits, where the compiler need not look for more.
    for (let at = 0; at < width; at++) sum = (sum + Math.imul(asked[at]!, values[from + at]!)) | 0;
    return sum * scale * scales[row]!;
  }

  private grow(): void {
    const capacity = Math.max(64, Math.ceil(this.count * 1.25));
    const { keys, scales, values } = this;
    this.keys = new Float64Array(capacity);
    this.keys.set(keys);
    this.scales = new Float64Array(capacity);
    this.scales.set(scales);
    this.values = new Int8Array(capacity * this.width);
    this.values.set(values);
  }
}

/** Lets the item at `at` of a heap of `length` items go down to its place. */
function sink(heap: number[], at: number, length: number, before: (a: number, b: number) => boolean): void {
  for (;;) {
    let first = at;
    for (const child of [2 * at + 1, 2 * at + 2])
      if (child < length && before(heap[child]!, heap[first]!)) first = child;
    if (first === at) return;
    [heap[at], heap[first]] = [heap[first]!, heap[at]!];
    at = first;
  }
}
