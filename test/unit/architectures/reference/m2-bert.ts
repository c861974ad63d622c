import type {
  BidirectionalFilter,
  EncoderDescription,
  EncoderLayer,
} from '../../../../runtime/graph/encoder-layers';
import type { ImplicitFilter } from '../../../../runtime/graph/implicit-filter';
import { implicitResponse } from './long-filters';
import { convolved as convolve, gelu, normed, plus, times, type Row, type Tensors } from './rows';

/** M2-BERT as its definition says, number by number in float64: the vector of one padded text. */
export function m2BertReference(encoder: EncoderDescription, tensor: Tensors, ids: readonly number[]): Row {
  const { width, embeddings, embeddingNorm, layers, pooler } = encoder;
  const row = (name: string, at: number) => tensor(name).subarray(at * width, (at + 1) * width);
  let rows = ids.map((id, t) => {
    const word = [...row(embeddings.words, id)];
    const placed = plus(plus(word, row(embeddings.positions, t)), row(embeddings.types, 0));
    return normed(placed, embeddingNorm, tensor);
  });
  for (const layer of layers) {
    rows = mix(layer, rows, tensor).map((mixed) =>
      normed(plus(mlp(layer, mixed, tensor), mixed), layer.norm, tensor),
    );
  }
  return plus(times(tensor(pooler.weight), rows[0]!), tensor(pooler.bias)).map(Math.tanh);
}

function mix({ mixer }: EncoderLayer, rows: Row[], tensor: Tensors): Row[] {
  const { weights, filter, residual } = mixer;
  const width = rows[0]!.length;
  const projected = rows.map((row) =>
    plus(times(tensor(weights.inProjection), row), tensor(weights.inProjectionBias)),
  );
  const convolved = convolve(projected, tensor(weights.convolution)).map((row) =>
    plus(row, tensor(weights.convolutionBias)),
  );
  const part = (row: Row, which: number) => row.slice(which * width, (which + 1) * width);
  const gated = convolved.map((row) => part(row, 0).map((value, i) => value * part(row, 2)[i]!));
  const long = bothWays(gated, filter, tensor);
  const second = residual && bothWays(rows, residual, tensor);
  return long.map((row, t) => {
    const post = part(convolved[t]!, 1);
    const gatedAgain = row.map((value, i) => value * post[i]!);
    const y = second ? plus(gatedAgain, second[t]!) : gatedAgain;
    return plus(times(tensor(weights.outProjection), y), tensor(weights.outProjectionBias));
  });
}

function bothWays(rows: Row[], { before, after, skip }: BidirectionalFilter, tensor: Tensors): Row[] {
  const response = (filter: ImplicitFilter) => implicitResponse(filter, tensor);
  const [causal, reverse] = [response(before), response(after)];
  return rows.map((row, i) =>
    row.map((value, channel) =>
      rows.reduce(
        (sum, other, j) =>
          sum + other[channel]! * (j <= i ? causal(channel, i - j) : reverse(channel, j - i - 1)),
        tensor(skip)[channel]! * value,
      ),
    ),
  );
}

function mlp({ channel }: EncoderLayer, row: Row, tensor: Tensors): Row {
  const { inner, blocks, weights } = channel;
  const blockwise = (name: string, input: Row) => {
    const size = input.length / blocks;
    const matrices = tensor(name);
    return Array.from({ length: blocks }, (_, i) => {
      const block = matrices.subarray((i * matrices.length) / blocks, ((i + 1) * matrices.length) / blocks);
      return times(block, input.slice(i * size, (i + 1) * size));
    }).flat();
  };
  const both = blockwise(weights.gateUp, row);
  const gated = both.slice(0, inner).map((value, i) => gelu(value) * both[inner + i]!);
  return plus(blockwise(weights.down, gated), tensor(weights.downBias));
}
