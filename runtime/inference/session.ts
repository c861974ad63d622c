import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Provider } from '../graph/context';
import type { Precision } from '../graph/precision';
import { elementCount } from '../graph/stored-tensors';
import { signedGraphFile } from '../models/compile';
import { messageOf, UserError } from '../protocol/errors';
import { adapterFailed, lacksAdapter, noAdapter, requireHalfPrecision, requireWebGpu } from './adapter';
import { loadOnnxRuntime, type OnnxRuntime } from './onnxruntime';
import { productsSaturate } from './saturation';

export type Tensor = OnnxRuntime.Tensor;

/** CUDA has the operators of WebGPU's graphs, as its source says; it is only probed. */
export type ExecutionProvider = Provider | 'cuda';

export interface SessionOptions {
  graphPath: string;
  threads: number;
  /** CPU when absent. Elsewhere every node must run there: none may fall back to the CPU unnoticed. */
  provider?: ExecutionProvider;
  /** Default: float32. What the graph was built with; not every adapter has all. */
  precision?: Precision;
  /** Outputs that stay where the graph runs: they are fed back as they are, and cannot be read here. */
  onDevice?: readonly string[];
  /** Where the runtime writes down every kernel that it ran, in one file for each graph; complete when the session is released. */
  traceFolder?: string;
}

export interface Input {
  name: string;
  type: Tensor['type'];
  /** A number is fixed, a name stands for a size that may differ from run to run. */
  shape: readonly (number | string)[];
}

/** One loaded graph. `run` blocks the calling thread until it is done and cannot be interrupted. */
export interface Session {
  readonly inputs: readonly Input[];
  /** Names of all outputs. */
  readonly outputs: readonly string[];
  readonly provider: ExecutionProvider;
  /**
   * Only the outputs named in `wanted` are copied out. Those of `into` are written there, where a session was opened that leaves none
   * `onDevice` by itself: tensors of just the shapes that the outputs have in this run. One may be an input as well, where an operator
   * works in place.
   */
  run(
    feeds: Record<string, Tensor>,
    wanted: readonly string[],
    into?: Readonly<Record<string, Tensor>>,
  ): Promise<Record<string, Tensor>>;
  /** The beginning of a tensor in another shape: `tensor` goes on to own the memory, and letting go of the view does nothing. */
  view(tensor: Tensor, shape: readonly number[]): Tensor;
  /** Of an output's last dimension. */
  lastSize(output: string): number;
  float32(data: Float32Array, shape: readonly number[]): Tensor;
  int32(values: readonly number[], shape: readonly number[]): Tensor;
  int64(...values: number[]): Tensor;
  /** int64 of any shape. */
  integers(values: readonly number[], shape: readonly number[]): Tensor;
  bool(value: boolean): Tensor;
  release(): Promise<void>;
}

export async function openSession({
  graphPath,
  threads,
  provider = 'cpu',
  precision,
  onDevice = [],
  traceFolder,
}: SessionOptions): Promise<Session> {
  const runtime = await loadOnnxRuntime();
  if (provider === 'webgpu') requireWebGpu(runtime);
  if (provider === 'webgpu' && precision === 'float16') await requireHalfPrecision(runtime);
  try {
    const graph = await graphForThisProcessor(graphPath, runtime);
    const options = {
      ...settings(provider, threads),
      ...(provider === 'webgpu' && locations(onDevice)),
      ...(traceFolder !== undefined && tracing(traceFolder, graphPath)),
    };
    return sessionOf(await runtime.InferenceSession.create(graph, options), runtime, provider, onDevice);
  } catch (error) {
    if (lacksAdapter(error)) throw noAdapter(error);
    throw new UserError(
      `The model's graph ${graphPath} cannot be loaded (${messageOf(error)}). Clear Longview's cache, or install the model again.`,
      { cause: error },
    );
  }
}

/** A small graph without weights of its own. `onDevice` as in `SessionOptions`. */
export async function openGraph(
  graph: Uint8Array,
  provider: ExecutionProvider,
  { threads = 1, onDevice = [] }: { threads?: number; onDevice?: readonly string[] } = {},
): Promise<Session> {
  const runtime = await loadOnnxRuntime();
  const options = { ...settings(provider, threads), ...(provider === 'webgpu' && locations(onDevice)) };
  return sessionOf(await runtime.InferenceSession.create(graph, options), runtime, provider, onDevice);
}

function settings(provider: ExecutionProvider, threads: number): OnnxRuntime.InferenceSession.SessionOptions {
  return {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // Patterns of memory use are kept for every length of block ever read: they cost memory and gain nothing here.
    enableMemPattern: false,
    logSeverityLevel: 3,
    extra: {
      session: {
        disable_cpu_ep_fallback: provider === 'cpu' ? '0' : '1',
        // Long enough to bridge the gaps between a run's parts, which saves a wake-up at each; unbounded spinning would
        // take whole cores from the editor between runs.
        intra_op: { allow_spinning: '1', spin_duration_us: '100' },
      },
    },
  };
}

function tracing(folder: string, graphPath: string): OnnxRuntime.InferenceSession.SessionOptions {
  return { enableProfiling: true, profileFilePrefix: path.join(folder, path.basename(graphPath)) };
}

function locations(onDevice: readonly string[]): OnnxRuntime.InferenceSession.SessionOptions {
  return { preferredOutputLocation: Object.fromEntries(onDevice.map((name) => [name, 'gpu-buffer'])) };
}

function sessionOf(
  session: OnnxRuntime.InferenceSession,
  runtime: typeof OnnxRuntime,
  provider: ExecutionProvider,
  onDevice: readonly string[],
): Session {
  const { Tensor } = runtime;
  const { outputNames } = session;
  // Where outputs stay on the device the runtime keeps what was fetched before bound to the next run: all are fetched then.
  const always = onDevice.length > 0 ? outputNames : [];
  return {
    inputs: session.inputMetadata.filter((input): input is Input & { isTensor: true } => input.isTensor),
    outputs: outputNames,
    provider,
    run: async (feeds, wanted, into) => {
      const fetched = always.length > 0 ? always : wanted;
      const fetches = into ? { ...Object.fromEntries(wanted.map((name) => [name, null])), ...into } : fetched;
      try {
        const outputs = (await session.run(feeds, fetches)) as Record<string, Tensor>;
        for (const name of always) if (!wanted.includes(name)) outputs[name]!.dispose();
        return outputs;
      } catch (error) {
        throw provider === 'cpu' ? error : adapterFailed(error);
      }
    },
    view: (tensor, shape) => viewOf(runtime, tensor, [...shape]),
    lastSize: (output) => lastSizeOf(session, output),
    float32: (data, shape) => new Tensor('float32', data, shape),
    int32: (values, shape) => new Tensor('int32', Int32Array.from(values), shape),
    int64: (...values) => new Tensor('int64', BigInt64Array.from(values, BigInt), [values.length]),
    integers: (values, shape) => new Tensor('int64', BigInt64Array.from(values, BigInt), shape),
    bool: (value) => new Tensor('bool', Uint8Array.of(Number(value)), []),
    release: () => session.release(),
  };
}

function viewOf({ Tensor }: typeof OnnxRuntime, tensor: Tensor, dims: number[]): Tensor {
  if (tensor.location !== 'cpu') {
    // A tensor that was made by a run has one of the types that a buffer may have.
    const dataType = tensor.type as OnnxRuntime.Tensor.GpuBufferDataTypes;
    return Tensor.fromGpuBuffer(tensor.gpuBuffer, { dataType, dims });
  }
  const data = tensor.data as Float32Array | Int32Array;
  return new Tensor(data.subarray(0, elementCount(dims)), dims);
}

function lastSizeOf({ outputMetadata }: OnnxRuntime.InferenceSession, output: string): number {
  const metadata = outputMetadata.find(({ name }) => name === output);
  const size = metadata?.isTensor ? metadata.shape.at(-1) : undefined;
  if (typeof size !== 'number') throw new Error(`The graph does not say how large ${output} is`);
  return size;
}

/** The graph with signed bytes, where there is one and this processor adds their products exactly. */
async function graphForThisProcessor(graphPath: string, runtime: typeof OnnxRuntime): Promise<string> {
  const signed = path.join(path.dirname(graphPath), signedGraphFile);
  return existsSync(signed) && !(await productsSaturate(runtime)) ? signed : graphPath;
}
