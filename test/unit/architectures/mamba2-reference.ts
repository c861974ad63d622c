import type { ModelDescription } from '../../../runtime/graph/layers';
import type { SsdMixer } from '../../../runtime/graph/mixers/ssd';

type Row = number[];

/** Mamba-2 as its recurrence says, number by number in float64: the logits after each of `ids`, one row for each. */
export function mamba2Logits(
  model: ModelDescription,
  tensor: (name: string) => Float32Array,
  ids: readonly number[],
): number[][] {
  const { width } = model;
  const embedding = tensor(model.embedding);
  let stream = ids.map((id): Row => [...embedding.subarray(id * width, (id + 1) * width)]);
  for (const { mixer, mixerNorm } of model.layers) {
    const normed = stream.map((row) => norm(row, tensor(mixerNorm.weight), mixerNorm.epsilon));
    const mixed = mix(mixer as SsdMixer, normed, tensor);
    stream = stream.map((row, t) => row.map((value, i) => value + mixed[t]![i]!));
  }
  const { weight, epsilon } = model.finalNorm;
  const head = tensor(model.head ?? model.embedding);
  return stream.map((row) => times(head, norm(row, tensor(weight), epsilon)));
}

function mix(mixer: SsdMixer, rows: Row[], tensor: (name: string) => Float32Array): Row[] {
  const { heads, headSize, stateSize, groups, convolution, epsilon, weights, stepLimit } = mixer;
  const inner = heads * headSize;
  const keys = groups * stateSize;
  const convolved = inner + 2 * keys;
  const bias = (name: string | undefined, row: Row) =>
    name === undefined ? row : row.map((value, i) => value + tensor(name)[i]!);
  const projected = rows.map((row) =>
    bias(weights.inProjectionBias, times(tensor(weights.inProjection), row)),
  );
  const kernel = tensor(weights.convolution);
  const before = (t: number, channel: number) => (t < 0 ? 0 : projected[t]![inner + channel]!);
  const state = new Float64Array(heads * headSize * stateSize);

  return projected.map((row, t) => {
    const sums = Array.from({ length: convolved }, (_, channel) => {
      let sum = 0;
      for (let k = 0; k < convolution; k++)
        sum += kernel[channel * convolution + k]! * before(t - convolution + 1 + k, channel);
      return sum;
    });
    const mixed = bias(weights.convolutionBias, sums).map(silu);
    const [x, b, c] = [mixed.slice(0, inner), mixed.slice(inner, inner + keys), mixed.slice(inner + keys)];
    const y: Row = [];
    for (let head = 0; head < heads; head++) {
      const raw = Math.log1p(Math.exp(row[inner + convolved + head]! + tensor(weights.dtBias)[head]!));
      const step = stepLimit ? Math.min(Math.max(raw, stepLimit.low), stepLimit.high) : raw;
      const decay = Math.exp(-step * Math.exp(tensor(weights.aLog)[head]!));
      const key = Math.floor(head / (heads / groups)) * stateSize;
      for (let p = 0; p < headSize; p++) {
        const channel = head * headSize + p;
        let sum = tensor(weights.d)[head]! * x[channel]!;
        for (let n = 0; n < stateSize; n++) {
          const at = channel * stateSize + n;
          state[at] = decay * state[at]! + step * b[key + n]! * x[channel]!;
          sum += c[key + n]! * state[at]!;
        }
        y.push(sum * silu(row[channel]!));
      }
    }
    const size = inner / groups;
    const normed = Array.from({ length: groups }, (_, group) => {
      const part = y.slice(group * size, (group + 1) * size);
      return norm(part, tensor(weights.norm).subarray(group * size, (group + 1) * size), epsilon);
    }).flat();
    return bias(weights.outProjectionBias, times(tensor(weights.outProjection), normed));
  });
}

function norm(row: Row, weight: Float32Array, epsilon: number): Row {
  const square = row.reduce((sum, value) => sum + value * value, 0) / row.length;
  return row.map((value, i) => (value / Math.sqrt(square + epsilon)) * weight[i]!);
}

/** `matrix [outputs, inputs]` times a row. */
function times(matrix: Float32Array, row: Row): Row {
  return Array.from({ length: matrix.length / row.length }, (_, n) =>
    row.reduce((sum, value, k) => sum + value * matrix[n * row.length + k]!, 0),
  );
}

function silu(value: number): number {
  return value / (1 + Math.exp(-value));
}
