import { fimFormats, type FimFormat } from './fim-formats';

/** What a model is good for: writing code at a cursor, answering, or giving texts a place in a vector space. */
export type ModelRole = 'completion' | 'chat' | 'encoder';

/** `tokenizer`: the template that comes with the model's own tokeniser; else one in the same language (Jinja). */
export type ChatFormat = 'tokenizer' | { template: string };

/** What is known of a published model. Whatever is not known is left out. */
export interface KnownModel {
  /** The last part of the repository's name: copies of it lie under several owners. */
  name: string;
  /** `model_type` as this runtime names it. */
  family: string;
  roles: readonly ModelRole[];
  parameters?: number;
  /** Tokens that it was published for. */
  context?: number;
  licence?: string;
  /** Language ids; absent where nothing names them. */
  languages?: readonly string[];
  /** `none`: not trained for it, whatever tokens its tokeniser has. Absent: as its tokeniser says. */
  fim?: FimFormat | 'none';
  chat?: ChatFormat;
  /** Bytes of its recurrent states in float32, and of keys and values in half precision for each token where those grow. */
  states?: { fixed: number; perToken?: number };
  /** It was run here, and its output compared with the original's. */
  verified: boolean;
}

const mib = 2 ** 20;
const kib = 2 ** 10;

const granite = {
  family: 'granitemoehybrid',
  licence: 'Apache-2.0',
  verified: false,
  fim: fimFormats.bars,
} as const;
const granite350m = {
  ...granite,
  parameters: 340.3e6,
  context: 32 * kib,
  states: { fixed: 21.6 * mib, perToken: 4 * kib },
};
const granite1b = {
  ...granite,
  parameters: 1461.5e6,
  context: 128 * kib,
  states: { fixed: 55.4 * mib, perToken: 8 * kib },
};

const lfm2 = (name: string, parameters: number): KnownModel => ({
  name,
  family: 'lfm2',
  roles: ['chat'],
  parameters,
  context: 32 * kib,
  licence: 'LFM Open v1.0',
  chat: 'tokenizer',
  verified: false,
});

const mamba = (name: string, parameters: number, stateBytes?: number): KnownModel => ({
  name,
  family: 'mamba',
  roles: ['completion'],
  parameters,
  licence: 'Apache-2.0',
  ...(stateBytes !== undefined && { states: { fixed: stateBytes } }),
  verified: false,
});

const stripedHyena = {
  family: 'stripedhyena',
  parameters: 7.646e9,
  context: 32 * kib,
  states: { fixed: 2.5 * mib, perToken: 64 * kib },
  verified: false,
} as const;

const based = { family: 'based', roles: ['completion'], context: 2 * kib, verified: false } as const;

export const registry: readonly KnownModel[] = [
  {
    name: 'striped-code',
    family: 'striped',
    roles: ['completion'],
    parameters: 75.9e6,
    context: 4 * kib,
    licence: 'Apache-2.0',
    languages: ['typescript', 'typescriptreact', 'javascript', 'javascriptreact', 'python'],
    states: { fixed: 7.8e6 },
    verified: true,
  },
  { name: 'granite-4.0-h-350m-base', roles: ['completion'], ...granite350m },
  { name: 'granite-4.0-h-350m', roles: ['completion', 'chat'], chat: 'tokenizer', ...granite350m },
  { name: 'granite-4.0-h-1b-base', roles: ['completion'], ...granite1b },
  { name: 'granite-4.0-h-1b', roles: ['completion', 'chat'], chat: 'tokenizer', ...granite1b },
  {
    name: 'Mamba-Codestral-7B-v0.1',
    family: 'mamba2',
    roles: ['completion', 'chat'],
    parameters: 7.285e9,
    licence: 'Apache-2.0',
    // Its makers: https://huggingface.co/mistralai/Mamba-Codestral-7B-v0.1/discussions/2
    fim: 'none',
    chat: 'tokenizer',
    states: { fixed: 263.5 * mib },
    verified: false,
  },
  lfm2('LFM2-350M', 354.5e6),
  lfm2('LFM2-700M', 742.5e6),
  lfm2('LFM2-1.2B', 1170.3e6),
  {
    name: 'Qwen3.5-0.8B',
    family: 'qwen3_5',
    roles: ['chat'],
    context: 256 * kib,
    licence: 'Apache-2.0',
    chat: 'tokenizer',
    verified: false,
  },
  { name: 'StripedHyena-Hessian-7B', roles: ['completion'], ...stripedHyena },
  {
    name: 'StripedHyena-Nous-7B',
    roles: ['chat'],
    chat: { template: '### Instruction:\n{{ messages[-1].content }}\n\n### Response:{{ "\\n" }}' },
    ...stripedHyena,
  },
  { name: 'based-360m', ...based, states: { fixed: 10.4 * mib } },
  { name: 'based-1b', ...based, states: { fixed: 25.5 * mib } },
  { name: 'based-1b-50b', ...based, states: { fixed: 25.5 * mib } },
  ...[2, 8, 32].map((k): KnownModel => ({
    name: `m2-bert-80M-${k}k-retrieval`,
    family: 'm2_bert',
    roles: ['encoder'],
    context: k * kib,
    licence: 'Apache-2.0',
    verified: false,
  })),
  mamba('mamba-130m', 129.1e6, 2.7 * mib),
  mamba('mamba-370m', 371.5e6),
  mamba('mamba-790m', 793.2e6),
  mamba('mamba-1.4b', 1372e6),
  mamba('mamba-2.8b', 2768e6, 23.8 * mib),
];

/** @param name `owner/name`, a folder of the library (`owner--name`), or the name alone; `-hf` says only how it is stored */
export function knownModel(name: string): KnownModel | undefined {
  const last = name.split(/\/|--/).at(-1)!.toLowerCase().replace(/-hf$/, '');
  return registry.find((model) => model.name.toLowerCase() === last);
}

/**
 * Bytes of memory for the weights as w8u, one each and a scale for each row, and for one set of states; undefined where the
 * number of parameters is unknown. Keys and values that grow with the text come on top.
 */
export function memoryNeed({ parameters, states }: KnownModel): number | undefined {
  return parameters === undefined ? undefined : 1.02 * parameters + (states?.fixed ?? 0);
}
