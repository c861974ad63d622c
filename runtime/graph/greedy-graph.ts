import type { GraphBuilder, Value } from './builder';
import type { ModelDescription } from './layers';
import { chosenForms, modelLogits, noStates, type GraphOptions, type ModelGraph } from './model-graph';
import { elementTypes } from './onnx';
import type { Precision } from './precision';
import { names } from './states';
import { StepsBuilder } from './steps-builder';

/** Tokens that a run of the greedy graph chooses: each run waits for the device once, whatever it does. */
export const greedySteps = 4;

/**
 * Writes on the device: reads the token `first`, chooses the likeliest next one, reads that, and so on. Gives the last id as the next
 * run's `first`; behind what runs before it have `written`, the `greedySteps` ids and then their probabilities; the logits after the
 * last token read; and states in which all but the last id are read. Products and states are those of `buildModelGraph`;
 * a step knows that it reads one token.
 */
export function buildGreedyGraph(
  model: ModelDescription,
  precision: Precision,
  options: GraphOptions,
): ModelGraph {
  const { provider = 'cpu' } = options;
  const graph = new StepsBuilder(greedySteps);
  const states = noStates(provider);
  const kept = keptByStep(graph);
  const same = (rows: Value) => rows;
  const chosen: Value[] = [];
  const logits: Value[] = [];
  let id = graph.input(names.first, 'int32', [1, 1]);
  for (let index = 0; index < greedySteps; index++) {
    if (index > 0) graph.nextStep();
    const ofStep = modelLogits(model, id, {
      graph,
      provider,
      forms: chosenForms(precision, options),
      run: 'token',
      step: { index, kept: (window) => kept(window, index) },
      wantedRows: same,
      readRows: same,
      states: index === 0 ? states : noStates(provider),
    });
    graph.output(ofStep, names.lastLogits, 'float32', ['last', model.vocabulary]);
    logits.push(ofStep);
    chosen.push(likeliest(graph, ofStep, model.vocabulary));
    id = chosen.at(-1)!;
  }
  graph.output(id, `${names.first}.next`, 'int32', [1, 1]);
  const written = [
    graph.input(names.written, 'float32', [1, 'written']),
    graph.node('Cast', [graph.concat(chosen, 1)], { to: elementTypes.float32 }),
    probabilities(graph, logits, model.vocabulary),
  ];
  const longer = graph.nodeWithOutputs('Concat', written, { axis: 1 }, [`${names.written}.next`])[0]!;
  graph.output(longer, `${names.written}.next`, 'float32', [1, 'written.next']);
  return { builder: graph, states };
}

/** Of all steps at once, since every operator has its price. */
function keptByStep(graph: GraphBuilder): (window: number, step: number) => Value {
  const byWindow = new Map<number, Value[]>();
  return (window, step) => {
    const ones = new Array<number>(greedySteps).fill(1);
    const parts =
      byWindow.get(window) ?? graph.split(graph.input(names.kept(window), 'int32', [greedySteps]), ones, 0);
    byWindow.set(window, parts);
    return parts[step]!;
  };
}

/** What a step chooses: the id as int32 [1, 1]. */
function likeliest(graph: GraphBuilder, logits: Value, vocabulary: number): Value {
  const ids = Int32Array.from({ length: vocabulary }, (_, id) => id);
  const largest = ofEachRow(graph, 'ReduceMax', logits, vocabulary);
  // The first of the largest. WebGPU's ArgMax goes through a row in one thread; these take many.
  const candidates = graph.node('Where', [
    graph.node('Equal', [logits, largest]),
    graph.constant('every id', 'int32', [1, vocabulary], ids),
    graph.constant('last id', 'int32', [], ids.subarray(-1)),
  ]);
  return ofEachRow(graph, 'ReduceMin', candidates, vocabulary, `${names.first}.next`);
}

/** `logits`, [1, vocabulary] of each step -> float32 [1, steps]: the probabilities of what is chosen, which has the largest */
function probabilities(graph: GraphBuilder, logits: readonly Value[], vocabulary: number): Value {
  const shares = graph.node('Softmax', [graph.concat(logits, 0)], { axis: 1 });
  return graph.reshape(ofEachRow(graph, 'ReduceMax', shares, vocabulary), [1, -1]);
}

/** Numbers of a row that WebGPU reduces at once; it takes one workgroup for each row. */
const mostAtOnce = 16384;

/** `rows [R, columns]` -> [R, 1], long ones in two stages where they can be cut evenly. `name` is that of the result. */
function ofEachRow(
  graph: GraphBuilder,
  operator: string,
  rows: Value,
  columns: number,
  name?: string,
): Value {
  const reduced = (value: Value, as?: string) =>
    graph.nodeWithOutputs(operator, [value, graph.ints(1)], {}, [as])[0]!;
  const parts = columns > mostAtOnce ? largestDivisor(columns, 1024) : 1;
  if (parts === 1) return reduced(rows, name);
  const ofParts = reduced(graph.reshape(rows, [-1, columns / parts]));
  return reduced(graph.reshape(ofParts, [-1, parts]), name);
}

function largestDivisor(of: number, most: number): number {
  let divisor = most;
  while (of % divisor !== 0) divisor--;
  return divisor;
}
