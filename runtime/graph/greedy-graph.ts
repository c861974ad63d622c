import type { Value } from './builder';
import type { ModelDescription } from './layers';
import { chosenForms, modelLogits, noStates, type GraphOptions, type ModelGraph } from './model-graph';
import type { Precision } from './precision';
import { names } from './states';
import { StepsBuilder } from './steps-builder';

/** Tokens that a run of the greedy graph chooses: each run waits for the device once, whatever it does. */
export const greedySteps = 4;

/**
 * Writes on the device: reads the token `first`, chooses the likeliest next one, reads that, and so on. Gives the
 * `greedySteps` ids chosen and their logarithms, the logits after the last token read, and states in which all but the last id
 * are read. Products and states are those of `buildModelGraph`; a step knows that it reads one token.
 */
export function buildGreedyGraph(
  model: ModelDescription,
  precision: Precision,
  options: GraphOptions,
): ModelGraph {
  const { provider = 'cpu' } = options;
  const graph = new StepsBuilder(greedySteps);
  const states = noStates(provider);
  const same = (rows: Value) => rows;
  const chosen: Chosen[] = [];
  for (let step = 0; step < greedySteps; step++) {
    if (step > 0) graph.nextStep();
    const logits = modelLogits(model, chosen.at(-1)?.id ?? graph.input(names.first, 'int32', [1]), {
      graph,
      provider,
      forms: chosenForms(precision, options),
      run: 'token',
      step,
      wantedRows: same,
      readRows: same,
      states: step === 0 ? states : noStates(provider),
    });
    chosen.push(likeliest(graph, logits, model.vocabulary));
    graph.output(logits, names.logits, 'float32', [1, model.vocabulary]);
  }
  const ids = chosen.map(({ id }) => id);
  const sums = chosen.map(({ sum }) => sum);
  graph.output(graph.concat(ids, 0), names.chosen, 'int32', [greedySteps]);
  graph.output(graph.concat(sums, 0), names.chosenSums, 'float32', [greedySteps]);
  return { builder: graph, states };
}

interface Chosen {
  /** int32 [1] */
  id: Value;
  /** float32 [1]: sum of exp(logit - the largest) over the vocabulary, one over the probability of `id` */
  sum: Value;
}

/**
 * The first of the largest of `logits [1, vocabulary]`, sought in two stages: the row it is in, then within that row. WebGPU takes
 * a row in one thread, and would take 15 times as long for all in one.
 */
function likeliest(graph: StepsBuilder, logits: Value, vocabulary: number): Chosen {
  const rows = 2 ** Math.round(Math.log2(vocabulary) / 2);
  const columns = Math.ceil(vocabulary / rows);
  const missing = rows * columns - vocabulary;
  const none = () =>
    graph.constant('no logits', 'float32', [1, missing], new Float32Array(missing).fill(-1e30));
  const whole = missing > 0 ? graph.concat([logits, none()], 1) : logits;
  const table = graph.reshape(whole, [rows, columns]);
  const largestOfRow = graph.node('ReduceMax', [table, graph.ints(1)], { keepdims: 0 });
  const row = graph.node('ArgMax', [largestOfRow], { axis: 0, keepdims: 1 });
  const values = graph.node('Gather', [table, row], { axis: 0 });
  const column = graph.node('ArgMax', [values], { axis: 1, keepdims: 0 });
  // Looked up, since positions are int64 and WebGPU computes with int32 alone.
  const numbers = Int32Array.from({ length: rows * columns }, (_, i) => i);
  const ids = graph.node('Gather', [graph.constant('ids', 'int32', [rows, columns], numbers), row], {
    axis: 0,
  });
  const id = graph.reshape(graph.node('Gather', [ids, column], { axis: 1 }), [1]);

  const largest = graph.node('Gather', [largestOfRow, row], { axis: 0 });
  const powers = graph.node('Exp', [graph.sub(table, largest)]);
  const sumOfRow = graph.node('ReduceSum', [powers, graph.ints(1)], { keepdims: 0 });
  return { id, sum: graph.node('ReduceSum', [sumOfRow, graph.ints(0)], { keepdims: 1 }) };
}
