/** What is measured on a graphics card, as commands that each run in a process of their own. */

export const cardParts = ['decode', 'parity', 'state', 'memory'] as const;
export type CardPart = (typeof cardParts)[number];

export interface CardJob {
  /** Names it among the results. */
  id: string;
  part: CardPart;
  /** Arguments of the command line. */
  args: string[];
}

export interface CardOptions {
  parts: readonly CardPart[];
  models: readonly string[];
  /** Of the CPU beside the card. */
  threads: number;
  /** Of the reading of one length. */
  limitSeconds: number;
  /** Folder of parity's fixtures; absent = there are none. */
  fixtures?: string;
}

export const cardModels = [
  'random:striped-76m',
  'random:mamba2-130m',
  'random:granite-4.0-h-350m',
  'random:stripedhyena-7b',
] as const;

const onGpu = ['--provider', 'webgpu'];
const afterOnGpu = '1024,16384,65536,262144';
const afterOnCpu = '1024,16384,65536';

/**
 * The most important first, since time may end before all are done: on the card every model, then what it is held against
 * (a Transformer of its size, the CPU), then that nothing is wrong or leaks.
 */
export function cardJobs(options: CardOptions): CardJob[] {
  const { parts, models, fixtures } = options;
  const decoding = [
    ...models.map((model) => decodeOnGpu(model, options)),
    ...models.map((model) => decodeOnGpu(transformerOf(model), options)),
    ...models.map((model) => decodeOnCpu(model, options)),
  ];
  const parity = fixtures === undefined ? [] : [parityJob(fixtures)];
  const jobs = [...decoding, ...parity, ...models.map(stateJob), ...models.map(memoryJob)];
  return jobs.filter(({ part }) => parts.includes(part));
}

const scheme = 'random:';

/** The embedded model has its shape among the random ones. */
function transformerOf(model: string): string {
  return `${model.startsWith(scheme) ? model : cardModels[0]}.transformer`;
}

function decodeOnGpu(model: string, options: CardOptions): CardJob {
  const args = [...onGpu, '--precision', 'int4', '--after', afterOnGpu];
  return decodeJob(`decode ${model} webgpu`, model, args, options);
}

/** Weights of a folder that is compiled are taken as they are. */
function decodeOnCpu(model: string, options: CardOptions): CardJob {
  const precision = model.startsWith(scheme) ? ['--precision', 'int4'] : [];
  const args = ['--provider', 'cpu', '--threads', String(options.threads), ...precision];
  return decodeJob(`decode ${model} cpu`, model, [...args, '--after', afterOnCpu], options);
}

function decodeJob(id: string, model: string, args: string[], { limitSeconds }: CardOptions): CardJob {
  const limits = ['--floors', '--limit-seconds', String(limitSeconds)];
  return { id, part: 'decode', args: ['bench', 'decode', '--model', model, ...args, ...limits] };
}

function parityJob(fixtures: string): CardJob {
  return { id: 'parity webgpu', part: 'parity', args: ['eval', 'parity', fixtures, ...onGpu] };
}

function stateJob(model: string): CardJob {
  const args = ['bench', 'state', '--model', model, '--tokens', '1024,65536', ...onGpu];
  return { id: `state ${model}`, part: 'state', args };
}

function memoryJob(model: string): CardJob {
  const args = ['bench', 'memory', '--model', model, '--precision', 'int4', '--generated', '10000'];
  return { id: `memory ${model}`, part: 'memory', args: [...args, ...onGpu] };
}
