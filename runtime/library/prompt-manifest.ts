/** The longview.json of a model that comes without one: what its tokeniser, its config and the registry tell of its prompts. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describeModel, textConfig } from '../architectures';
import { hasTokensOf, recognisedFim, type FimFormat } from '../models/fim-formats';
import { readModelJson } from '../models/manifest';
import type { KnownModel } from '../models/registry';
import { describeTokenizer, type TokenizerDescription } from '../models/tokenizer-description';
import type { PromptFormat } from '../protocol/prompt-format';
import { isRecord } from '../protocol/json';

/** Of a text this much is shown at most, as models gain little from more; less where they were trained on less. */
const mostContext = 4096;
/** Where nothing tells what a model was trained on: what the oldest were. */
const leastContext = 2048;
/** Kept free for suffix, near prefix and what is written. */
const besides = 512;
/** A suffix that stands last is read again at every key. */
const maxSuffixTokens = { 'prefix-suffix-middle': 64, 'suffix-prefix-middle': 192 };
const maxNearTokens = 192;

/**
 * @returns undefined where there is no tokeniser, or nothing tells where a text ends: such a model can only be measured
 * @throws UserError where the tokeniser cannot be used
 */
export function promptManifest(folder: string, name: string, known?: KnownModel): object | undefined {
  const tokenizer = optionalJson(folder, 'tokenizer.json');
  if (!tokenizer) return undefined;
  const config = readModelJson(folder, 'config.json');
  const { vocabulary } = describeModel(config);
  const described = describeTokenizer(tokenizer, optionalJson(folder, 'tokenizer_config.json'));
  const added = new Map([...described.added].filter(([, id]) => id < vocabulary));
  const ends = endIds([config, textConfig(config), optionalJson(folder, 'generation_config.json')]);
  const prompt = promptOf({ ...described, added }, ends, known?.fim);
  if (!prompt) return undefined;
  const { kind, ...rest } = prompt;
  const { order, ...tokens } = { order: undefined, ...rest };
  // No special token is part of a text that is to be written.
  const stop = [...new Set([...ends, ...described.special])].filter((id) => id < vocabulary);
  return {
    name,
    version: 1,
    languages: known?.languages ?? [],
    usefulContext: usefulContext(known?.context ?? trainedContext(textConfig(config))),
    stop: stop.sort((a, b) => a - b),
    prompts: {
      completion: {
        kind,
        ...(order && { order }),
        tokens,
        maxSuffixTokens: order ? maxSuffixTokens[order] : 0,
        maxNearTokens,
      },
    },
    ...(described.cut && { tokenizer: { cut: described.cut } }),
  };
}

/** What the registry says counts, else what the names of the tokens say. */
function promptOf(
  { added, begin }: TokenizerDescription,
  ends: readonly number[],
  known: FimFormat | 'none' | undefined,
): PromptFormat | undefined {
  const named = known === 'none' ? undefined : (known ?? recognisedFim(added));
  if (named && hasTokensOf(named, added)) {
    const { order, prefix, suffix, middle } = named;
    return {
      kind: 'fim',
      order,
      ...(begin !== undefined && { begin }),
      prefix: added.get(prefix)!,
      suffix: added.get(suffix)!,
      ...(middle !== undefined && { middle: added.get(middle)! }),
    };
  }
  // Without a token of its own for it, a text begins where the one before it ended.
  const start = begin ?? ends[0] ?? added.get('<|endoftext|>');
  return start === undefined ? undefined : { kind: 'prefix', begin: start };
}

/** The far prefix has half as much room again (see `farLimits`), and all must lie within what the model was trained on. */
function usefulContext(trained: number): number {
  return Math.min(mostContext, Math.floor((trained - besides) / 1.5));
}

function trainedContext(config: object): number {
  const { max_position_embeddings: positions } = config as Record<string, unknown>;
  return typeof positions === 'number' && positions > leastContext ? positions : leastContext;
}

/** `eos_token_id`, one or several, wherever it stands. */
function endIds(places: readonly unknown[]): number[] {
  return places
    .flatMap((place) => (place as { eos_token_id?: unknown } | undefined)?.eos_token_id)
    .filter((id): id is number => Number.isSafeInteger(id) && (id as number) >= 0);
}

function optionalJson(folder: string, name: string): object | undefined {
  const there = existsSync(path.join(folder, name));
  const json = there ? readModelJson(folder, name) : undefined;
  return isRecord(json) ? json : undefined;
}
