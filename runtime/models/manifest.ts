import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isPrecision, type Precision } from '../graph/precision';
import { UserError } from '../protocol/errors';

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
  specialTokens: SpecialTokenIds;
  stop: number[];
  maxSuffixTokens: number;
  maxNearTokens: number;
  /** The tokeniser never joins a newline with what stands before it. */
  newlinesStartTokens: boolean;
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
  const none = specialTokenNames.map((token) => [token, noToken]);
  return {
    name,
    languages: [],
    usefulContext: 0,
    specialTokens: Object.fromEntries(none) as SpecialTokenIds,
    stop: [],
    maxSuffixTokens: 0,
    maxNearTokens: 0,
    newlinesStartTokens: false,
    sha256: {},
  };
}

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
  const json = asObject(readModelJson(folder, manifestFile));
  const bad = (key: string, expected: string) =>
    new UserError(`${file}: "${key}" must be ${expected}. Correct it, or download the model again.`);
  const special = asObject(json.specialTokens);
  for (const name of specialTokenNames)
    if (!isId(special[name])) throw bad(`specialTokens.${name}`, 'a token id');
  if (typeof json.name !== 'string' || json.name === '') throw bad('name', 'a name');
  if (!isListOf(json.languages, isString)) throw bad('languages', 'a list of language ids');
  if (!isListOf(json.stop, isId)) throw bad('stop', 'a list of token ids');
  if (!isId(json.usefulContext)) throw bad('usefulContext', 'a number of tokens');
  const completion = asObject(asObject(json.prompts).completion);
  if (!isId(completion.maxSuffixTokens))
    throw bad('prompts.completion.maxSuffixTokens', 'a number of tokens');
  if (!isId(completion.maxNearTokens)) throw bad('prompts.completion.maxNearTokens', 'a number of tokens');
  const sha256 = asObject(json.sha256 ?? {});
  for (const [name, sum] of Object.entries(sha256))
    if (name !== path.basename(name) || typeof sum !== 'string' || !/^[0-9a-f]{64}$/.test(sum))
      throw bad(`sha256.${name}`, 'a SHA-256 in hexadecimal, under the name of a file of this folder');
  return {
    name: json.name,
    languages: json.languages,
    usefulContext: json.usefulContext,
    specialTokens: special as SpecialTokenIds,
    stop: json.stop,
    maxSuffixTokens: completion.maxSuffixTokens,
    maxNearTokens: completion.maxNearTokens,
    newlinesStartTokens: asObject(json.tokenizer).newlineRunIncludesIndentation === true,
    sha256: sha256 as Record<string, string>,
    ...(json.compiled === undefined ? {} : { compiled: compiledSection(json.compiled, bad) }),
  };
}

function compiledSection(value: unknown, bad: (key: string, expected: string) => UserError) {
  const { precision, graphVersion } = asObject(value);
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

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
