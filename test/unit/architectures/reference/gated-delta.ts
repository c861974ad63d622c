import type { GatedDeltaMixer } from '../../../../runtime/graph/mixers/gated-delta';
import { convolved, norm, parts, sigmoid, silu, times, type Row, type Tensors } from './rows';

interface Projected {
  q: Row;
  k: Row;
  v: Row;
  z: Row;
  b: Row;
  a: Row;
}

/** The gated delta rule token by token; S [keySize][valueSize] for each value head. */
export function gatedDeltaReference(mixer: GatedDeltaMixer, rows: Row[], tensor: Tensors): Row[] {
  const { keyHeads, keySize, valueHeads, valueSize, weights, epsilon } = mixer;
  const keys = keyHeads * keySize;
  const projected = rows.map((row) => project(mixer, row, tensor));
  const sums = convolved(
    projected.map(({ q, k, v }) => [...q, ...k, ...v]),
    tensor(weights.convolution),
  );
  const states = Array.from({ length: valueHeads }, () =>
    Array.from({ length: keySize }, () => new Array<number>(valueSize).fill(0)),
  );
  return projected.map(({ z, a, b }, t) => {
    const mixed = sums[t]!.map(silu);
    const y = states.flatMap((state, head) => {
      const key = Math.floor(head / (valueHeads / keyHeads)) * keySize;
      const q = unit(mixed.slice(key, key + keySize)).map((value) => value / Math.sqrt(keySize));
      const k = unit(mixed.slice(keys + key, keys + key + keySize));
      const v = mixed.slice(2 * keys).slice(head * valueSize, (head + 1) * valueSize);
      const step = Math.log1p(Math.exp(a[head]! + tensor(weights.dtBias)[head]!));
      const decay = Math.exp(-step * Math.exp(tensor(weights.aLog)[head]!));
      const strength = sigmoid(b[head]!);
      for (const row of state) for (let i = 0; i < valueSize; i++) row[i]! *= decay;
      const change = v.map((value, i) => strength * (value - dot(state, k, i)));
      for (const [n, row] of state.entries())
        for (let i = 0; i < valueSize; i++) row[i]! += k[n]! * change[i]!;
      const read = norm(
        v.map((_, i) => dot(state, q, i)),
        tensor(weights.norm),
        epsilon,
      );
      return read.map((value, i) => value * silu(z[head * valueSize + i]!));
    });
    return times(tensor(weights.outProjection), y);
  });
}

function project(mixer: GatedDeltaMixer, row: Row, tensor: Tensors): Projected {
  const { keyHeads, keySize, valueHeads, valueSize, weights } = mixer;
  const { projections } = weights;
  const by = (name: string) => times(tensor(name), row);
  if (!('qkvz' in projections)) {
    const keys = keyHeads * keySize;
    const qkv = by(projections.qkv);
    return {
      q: qkv.slice(0, keys),
      k: qkv.slice(keys, 2 * keys),
      v: qkv.slice(2 * keys),
      z: by(projections.z),
      b: by(projections.b),
      a: by(projections.a),
    };
  }
  const perKey = valueHeads / keyHeads;
  const values = perKey * valueSize;
  const groups = parts(by(projections.qkvz), 2 * keySize + 2 * values);
  const gates = parts(by(projections.ba), 2 * perKey);
  const all = (rows: Row[], from: number, size: number) =>
    rows.flatMap((each) => each.slice(from, from + size));
  return {
    q: all(groups, 0, keySize),
    k: all(groups, keySize, keySize),
    v: all(groups, 2 * keySize, values),
    z: all(groups, 2 * keySize + values, values),
    b: all(gates, 0, perKey),
    a: all(gates, perKey, perKey),
  };
}

function unit(row: Row): Row {
  const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 1e-6));
  return row.map((value) => value / length);
}

function dot(state: Row[], row: Row, column: number): number {
  return state.reduce((sum, values, n) => sum + values[column]! * row[n]!, 0);
}
