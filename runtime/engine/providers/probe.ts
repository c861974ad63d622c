import { GraphBuilder } from '../../graph/builder';
import { lacksAdapter, noAdapter, requireWebGpu } from '../../inference/adapter';
import { Priority, type LanguageModel } from '../../inference/language-model';
import { loadLanguageModel, type LoadOptions } from '../../inference/load';
import { loadOnnxRuntime } from '../../inference/onnxruntime';
import { openGraph } from '../../inference/session';
import { prepareModel } from '../../models/model-folder';
import { isCancelled, messageOf, UserError } from '../../protocol/errors';
import { nameOf, type Finding, type ProbeRequest, type Probed } from './finding';
import { largestDifference, resultsOf, tolerance } from './same-results';
import { measureTimings } from './timings';

/** All GPUs get the same graphs. */
const graphs = 'webgpu';
/** Tokens: a graph for long blocks is not needed for these. */
const shortPiece = 64;

/**
 * Loads the model as the engine would, on a provider and on the CPU, compares what they compute and measures both: one after
 * the other, so that no two of them take memory at once. What goes wrong is what is found.
 * @param step told whenever it gets on
 * @throws CancelledError
 */
export async function probe(
  request: ProbeRequest,
  step: (what: string) => void,
  signal?: AbortSignal,
): Promise<Finding> {
  const { provider, ...asked } = request;
  const name = nameOf(provider);
  const work = { priority: Priority.Completion, signal };
  try {
    step(`Looking for ${name}`);
    await requireDevice(provider);
    const making = () => step('Making the model ready');
    making();
    await prepareModel({ ...asked, provider: graphs, onProgress: making, signal });
    const cpu = await withModel(asked, (model) =>
      measureTimings(model, work, () => step('Measuring the CPU')),
    );
    step('Computing on the CPU');
    const expected = await withModel({ ...asked, provider: graphs, runOn: 'cpu' }, (model) =>
      resultsOf(model, work, shortPiece),
    );
    step(`Computing on ${name}`);
    return await withModel(onDevice(asked, provider), async (model): Promise<Finding> => {
      const error = largestDifference(await resultsOf(model, work), expected);
      if (!(error <= tolerance)) return { reason: wrongResults(provider, error) };
      const own = await measureTimings(model, work, () => step(`Measuring ${name}`));
      return { precision: model.info.precision, error, own, cpu };
    });
  } catch (error) {
    if (isCancelled(error)) throw error;
    return { reason: messageOf(error) };
  }
}

async function withModel<T>(options: LoadOptions, job: (model: LanguageModel) => Promise<T>): Promise<T> {
  const model = await loadLanguageModel(options);
  try {
    return await job(model);
  } finally {
    await model.dispose();
  }
}

function onDevice(asked: Omit<ProbeRequest, 'provider'>, provider: Probed): LoadOptions {
  return { ...asked, provider: graphs, runOn: provider };
}

/** Before anything is compiled for it. */
async function requireDevice(provider: Probed): Promise<void> {
  if (provider === 'webgpu') requireWebGpu(await loadOnnxRuntime());
  try {
    await (await openGraph(oneSum(), provider)).release();
  } catch (error) {
    if (provider === 'cuda') throw noCuda(error);
    throw lacksAdapter(error) ? noAdapter(error) : error;
  }
}

function noCuda(cause: unknown): UserError {
  return new UserError(
    `CUDA's libraries are there, but cannot be used (${messageOf(cause)}). They need the versions of CUDA and cuDNN that ` +
      "ONNX Runtime's release notes name, in folders of LD_LIBRARY_PATH.",
    { cause },
  );
}

function oneSum(): Uint8Array {
  const graph = new GraphBuilder();
  const x = graph.input('x', 'float32', [1]);
  graph.output(graph.add(x, x), 'y', 'float32', [1]);
  return graph.finish('one sum');
}

function wrongResults(provider: Probed, error: number): string {
  const found = Number.isFinite(error) ? `by ${error.toPrecision(2)}` : 'and are no numbers';
  return (
    `What ${nameOf(provider)} computes is wrong: log-probabilities differ ${found} from the CPU's, more than the ${tolerance} that rounding ` +
    'explains. A newer driver may mend it; until then the CPU is used.'
  );
}
