import { windowBias, type Seen } from './attend';
import type { Value } from './builder';
import type { LayerContext } from './context';
import { asRows } from './rows';
import { names, type WindowState } from './states';

/**
 * Attention from operators that WebGPU has, where slots and new tokens have to be joined in any case. What of them stays in the
 * window is given back as `name.keys.next` and `name.values.next`; `seen.kept` is [1, keyValueHeads, slots, headSize].
 */
export function attendOnDevice(context: LayerContext, queries: Value, seen: Seen, state: WindowState): Value {
  const { graph } = context;
  const { kept, fresh, window, heads, keyValueHeads, headSize } = seen;
  const [keys, values] = (['keys', 'values'] as const).map((part) => {
    const whole = keepsAll(state) ? `${state.name}.${part}.next` : undefined;
    const inputs = [kept[part], graph.unsqueeze(fresh[part], 0)];
    const [joined] = graph.nodeWithOutputs('Concat', inputs, { axis: 2 }, [whole]);
    keepLast(context, joined!, state, part);
    return graph.reshape(joined!, [keyValueHeads, 1, -1, headSize]);
  }) as [Value, Value];
  const grouped = graph.reshape(queries, [keyValueHeads, heads / keyValueHeads, -1, headSize]);
  const scores = graph.matmul(grouped, graph.transpose(keys, [0, 1, 3, 2]));
  const shares = graph.node('Softmax', [graph.add(scores, windowBias(context, window))], { axis: -1 });
  return graph.reshape(graph.matmul(shares, values), [heads, -1, headSize]);
}

/**
 * Whether one operator does it all: for one token, which sees all that is kept, and for blocks, where the scores of every query and key
 * would take more memory and time than all else together.
 */
export function joinsItself({ run }: LayerContext): boolean {
  return run !== undefined;
}

/**
 * The same in one operator, where `joinsItself`: -> rows of heads * headSize
 * @param rows query [T, heads * headSize], key and value [T, keyValueHeads * headSize], each with a 1 in front or without; rotated already
 */
export function attendJoining(
  context: LayerContext,
  rows: readonly [query: Value, key: Value, value: Value],
  state: WindowState,
  heads: number,
): Value {
  const { graph, run, step } = context;
  const { name, window, keyValueHeads, headSize } = state;
  const parts = ['keys', 'values'] as const;
  const sizes = [heads, keyValueHeads, keyValueHeads];
  // A name of its slots would be taken for that of the joined ones too, though these are one more.
  const shape = [1, keyValueHeads, '', headSize];
  const kept = parts.map((part) => graph.input(`${name}.${part}`, 'float32', shape));
  const [attended, ...joined] = graph.nodeWithOutputs(
    'GroupQueryAttention',
    [
      ...(run === 'token' ? rows : rows.map((row, i) => graph.reshape(row, [1, -1, sizes[i]! * headSize]))),
      ...kept,
      step ? step.kept(window) : graph.input(names.kept(window), 'int32', [1]),
      graph.input(names.seen(window, step?.index ?? 0), 'int32', []),
      ...hiddenBehindWindow(context, window),
    ],
    { num_heads: heads, kv_num_heads: keyValueHeads, scale: { float: 1 } },
    [undefined, ...parts.map((part) => (keepsAll(state) ? `${name}.${part}.next` : undefined))],
  );
  for (const [i, part] of parts.entries()) keepLast(context, joined[i]!, state, part);
  return asRows(context, attended!);
}

/** Which tokens of a block do not see which any more: as a bias, since the operator's own window has it hold all scores. */
function hiddenBehindWindow(context: LayerContext, window: number): Value[] {
  const { graph, run } = context;
  if (run === 'token' || !Number.isFinite(window)) return [];
  const bias = graph.once(`${names.slots(window)}:hidden`, () =>
    graph.unsqueeze(graph.unsqueeze(windowBias({ ...context, last: false }, window), 0), 0),
  );
  return ['', '', '', bias];
}

function keepsAll({ window }: WindowState): boolean {
  return !Number.isFinite(window);
}

/** Gives back what of `joined [1, keyValueHeads, slots, headSize]` later tokens can see. */
function keepLast({ graph }: LayerContext, joined: Value, state: WindowState, part: 'keys' | 'values'): void {
  const { name, window, keyValueHeads, headSize } = state;
  const next = `${name}.${part}.next`;
  const last = () => {
    const range = [graph.ints(-Math.max(1, window - 1)), graph.ints(2 ** 40), graph.ints(2)];
    return graph.nodeWithOutputs('Slice', [joined, ...range], {}, [next])[0]!;
  };
  graph.output(keepsAll(state) ? joined : last(), next, 'float32', [
    1,
    keyValueHeads,
    `${next}.slots`,
    headSize,
  ]);
}
