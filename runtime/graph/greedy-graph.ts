import type { GraphBuilder, Value } from './builder';
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
  const ids = [graph.input(names.first, 'int32', [1])];
  const tables: Value[] = [];
  for (let step = 0; step < greedySteps; step++) {
    if (step > 0) graph.nextStep();
    const logits = modelLogits(model, ids.at(-1)!, {
      graph,
      provider,
      forms: chosenForms(precision, options),
      run: 'token',
      step,
      wantedRows: same,
      readRows: same,
      states: step === 0 ? states : noStates(provider),
    });
    graph.output(logits, names.logits, 'float32', [1, model.vocabulary]);
    const table = inRows(graph, logits, model.vocabulary);
    tables.push(table);
    ids.push(likeliest(graph, table, model.vocabulary));
  }
  graph.output(graph.concat(ids.slice(1), 0), names.chosen, 'int32', [greedySteps]);
  graph.output(powerSums(graph, graph.concat(tables, 0)), names.chosenSums, 'float32', [greedySteps]);
  return { builder: graph, states };
}

/** WebGPU takes a row in one thread, and takes 15 times as long for the whole vocabulary in one. */
function rowsOf(vocabulary: number): { rows: number; columns: number } {
  const rows = 2 ** Math.round(Math.log2(vocabulary) / 2);
  return { rows, columns: Math.ceil(vocabulary / rows) };
}

/** `logits [1, vocabulary]` -> [1, rows, columns], what is missing filled with what is never chosen. */
function inRows(graph: GraphBuilder, logits: Value, vocabulary: number): Value {
  const { rows, columns } = rowsOf(vocabulary);
  const missing = rows * columns - vocabulary;
  const none = () =>
    graph.constant('no logits', 'float32', [1, missing], new Float32Array(missing).fill(-1e30));
  return graph.reshape(missing > 0 ? graph.concat([logits, none()], 1) : logits, [1, rows, columns]);
}

/** int32 [1]: the first of the largest, sought in two stages: the row it is in, then within that row. */
function likeliest(graph: GraphBuilder, table: Value, vocabulary: number): Value {
  const { rows, columns } = rowsOf(vocabulary);
  const byRow = graph.reshape(table, [rows, columns]);
  const largest = graph.node('ReduceMax', [byRow, graph.ints(1)], { keepdims: 0 });
  const row = graph.node('ArgMax', [largest], { axis: 0, keepdims: 1 });
  const column = graph.node('ArgMax', [graph.node('Gather', [byRow, row], { axis: 0 })], {
    axis: 1,
    keepdims: 0,
  });
  // Looked up, since positions are int64 and WebGPU computes with int32 alone.
  const numbers = Int32Array.from({ length: rows * columns }, (_, i) => i);
  const ids = graph.node('Gather', [graph.constant('ids', 'int32', [rows, columns], numbers), row], {
    axis: 0,
  });
  return graph.reshape(graph.node('Gather', [ids, column], { axis: 1 }), [1]);
}

/** `tables [steps, rows, columns]` of logits -> float32 [steps]: sum of exp(logit - the largest), one over what is chosen's probability */
function powerSums(graph: GraphBuilder, tables: Value): Value {
  const reduced = (operator: string, value: Value) =>
    graph.node(operator, [graph.node(operator, [value, graph.ints(2)]), graph.ints(1)]);
  const powers = graph.node('Exp', [graph.sub(tables, reduced('ReduceMax', tables))]);
  return graph.reshape(reduced('ReduceSum', powers), [greedySteps]);
}
