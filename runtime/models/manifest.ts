import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isPrecision, type Precision } from '../graph/precision';
import { UserError } from '../protocol/errors';
import { recordOf } from '../protocol/json';
import { cutPlaces, fimOrders, type CutPlace, type PromptFormat } from '../protocol/prompt-format';

export const specialTokenNames = [
  'endoftext',
  'file',
  'path',
  'fimPrefix',
  'fimSuffix',
  'fimMiddle',
  'fimEnd',
  'doc',
  'summary',
  'snippet',
] as const;
export type SpecialTokenIds = Record<(typeof specialTokenNames)[number], number>;

/** What `longview.json` says of the model in its folder. */
export interface Manifest {
  name: string;
  languages: string[];
  usefulContext: number;
  /** `noToken` for those that the model does not have. */
  specialTokens: SpecialTokenIds;
  /** How a place in a file is shown to the model. */
  prompt: PromptFormat;
  stop: number[];
  maxSuffixTokens: number;
  maxNearTokens: number;
  /** Where a text may be cut without any change of its tokens; absent where that is unknown. */
  cut?: CutPlace;
  /** Checksums by file name. */
  sha256: Record<string, string>;
  /** Present where the folder holds a ready graph and weights in its form, instead of the original weights. */
  compiled?: { precision: Precision; graphVersion: number };
}

export const manifestFile = 'longview.json';

/** In the place of a special token that a model does not have: no id, and refused where it is read. */
export const noToken = -1;

/** Of a model whose prompts are unknown. */
export function bareManifest(name: string): Manifest {
  return {
    name,
    languages: [],
    usefulContext: 0,
    specialTokens: specialTokensOf({}),
    prompt: { kind: 'prefix', begin: noToken },
    stop: [],
    maxSuffixTokens: 0,
    maxNearTokens: 0,
    sha256: {},
  };
}

/**
 * What a conversation may take in all: as much as a prompt of completions, the half for its far end included, which lies within
 * what the model was trained on.
 */
export const conversationTokens = ({ usefulContext }: Pick<Manifest, 'usefulContext'>): number =>
  Math.floor(1.5 * usefulContext);

/** Reads and parses a JSON file of a model folder. @throws UserError */
export function readModelJson(folder: string, name: string): unknown {
  const file = path.join(folder, name);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const problem = missing ? 'is missing' : `cannot be read (${(error as Error).message})`;
    throw new UserError(`${file} ${problem}. Name a model's folder, or download the model again.`, {
      cause: error,
    });
  }
  try {
    // Some writers of config.json print infinity bare, which JSON does not know.
    return JSON.parse(text.replace(/([:[,]\s*)(-?)Infinity\b/g, '$1$21e999')) as unknown;
  } catch (error) {
    throw new UserError(
      `${file} is not valid JSON (${(error as Error).message}). Download the model again.`,
      {
        cause: error,
      },
    );
  }
}

/** @throws UserError that names the key at fault */
export function readManifest(folder: string): Manifest {
  const file = path.join(folder, manifestFile);
  const json = recordOf(readModelJson(folder, manifestFile));
  const bad: Complaint = (key, expected) =>
    new UserError(`${file}: "${key}" must be ${expected}. Correct it, or download the model again.`);
  const special = recordOf(json.specialTokens ?? {});
  for (const [name, id] of Object.entries(special))
    if (!isId(id)) throw bad(`specialTokens.${name}`, 'a token id');
  if (typeof json.name !== 'string' || json.name === '') throw bad('name', 'a name');
  if (!isListOf(json.languages, isString)) throw bad('languages', 'a list of language ids');
  if (!isListOf(json.stop, isId)) throw bad('stop', 'a list of token ids');
  if (!isId(json.usefulContext)) throw bad('usefulContext', 'a number of tokens');
  const completion = recordOf(recordOf(json.prompts).completion);
  const specialTokens = specialTokensOf(special);
  const prompt = promptFormat(completion, specialTokens, bad);
  if (!isId(completion.maxSuffixTokens))
    throw bad('prompts.completion.maxSuffixTokens', 'a number of tokens');
  if (!isId(completion.maxNearTokens)) throw bad('prompts.completion.maxNearTokens', 'a number of tokens');
  const sha256 = recordOf(json.sha256 ?? {});
  for (const [name, sum] of Object.entries(sha256))
    if (name !== path.basename(name) || typeof sum !== 'string' || !/^[0-9a-f]{64}$/.test(sum))
      throw bad(`sha256.${name}`, 'a SHA-256 in hexadecimal, under the name of a file of this folder');
  return {
    name: json.name,
    languages: json.languages,
    usefulContext: json.usefulContext,
    specialTokens,
    prompt,
    stop: json.stop,
    maxSuffixTokens: completion.maxSuffixTokens,
    maxNearTokens: completion.maxNearTokens,
    ...cutOf(recordOf(json.tokenizer), bad),
    sha256: sha256 as Record<string, string>,
    ...(json.compiled === undefined ? {} : { compiled: compiledSection(json.compiled, bad) }),
  };
}

type Complaint = (key: string, expected: string) => UserError;

function specialTokensOf(ids: Record<string, unknown>): SpecialTokenIds {
  return Object.fromEntries(specialTokenNames.map((name) => [name, ids[name] ?? noToken])) as SpecialTokenIds;
}

/** `prompts.completion`: anchored where nothing else is said, and then all of the special tokens are needed. */
function promptFormat(
  completion: Record<string, unknown>,
  special: SpecialTokenIds,
  bad: Complaint,
): PromptFormat {
  const { kind = 'anchored-fim', order, tokens = {} } = completion;
  const ids = recordOf(tokens);
  const needed = (name: string) => {
    const id = ids[name];
    if (!isId(id)) throw bad(`prompts.completion.tokens.${name}`, 'a token id');
    return id;
  };
  const optional = (name: string) => (ids[name] === undefined ? {} : { [name]: needed(name) });
  switch (kind) {
    case 'anchored-fim': {
      for (const name of specialTokenNames)
        if (special[name] === noToken) throw bad(`specialTokens.${name}`, 'a token id');
      const { file, path: pathToken, fimPrefix: prefix, fimSuffix: suffix, fimMiddle: middle } = special;
      return { kind, file, path: pathToken, prefix, suffix, middle };
    }
    case 'fim': {
      const known = fimOrders.find((each) => each === order);
      if (!known) throw bad('prompts.completion.order', `one of ${fimOrders.join(', ')}`);
      const middle = known === 'prefix-suffix-middle' ? { middle: needed('middle') } : optional('middle');
      const [prefix, suffix] = [needed('prefix'), needed('suffix')];
      return { kind, order: known, ...optional('begin'), prefix, suffix, ...middle };
    }
    case 'prefix':
      return { kind, begin: needed('begin') };
    default:
      throw bad('prompts.completion.kind', 'one of anchored-fim, fim, prefix');
  }
}

function cutOf(tokenizer: Record<string, unknown>, bad: Complaint): { cut?: CutPlace } {
  const { cut, newlineRunIncludesIndentation } = tokenizer;
  if (cut === undefined) return newlineRunIncludesIndentation === true ? { cut: 'before-newlines' } : {};
  const known = cutPlaces.find((each) => each === cut);
  if (!known) throw bad('tokenizer.cut', `one of ${cutPlaces.join(', ')}`);
  return { cut: known };
}

function compiledSection(value: unknown, bad: Complaint) {
  const { precision, graphVersion } = recordOf(value);
  if (typeof precision !== 'string' || !isPrecision(precision))
    throw bad('compiled.precision', 'a precision this version knows');
  if (!isId(graphVersion)) throw bad('compiled.graphVersion', 'a number');
  return { precision, graphVersion };
}

const isString = (value: unknown): value is string => typeof value === 'string';
const isId = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function isListOf<T>(value: unknown, fits: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(fits);
}
