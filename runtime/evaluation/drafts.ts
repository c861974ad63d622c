/** What drafting tokens from the context gains when real code is written on. */
import { PromptLookup } from '../completion/prompt-lookup';
import { Priority, type LanguageModel, type ModelState } from '../inference/language-model';
import { throwIfAborted } from '../protocol/errors';
import type { Hole } from './hole';

export interface DraftFigures {
  /** Places at which something was written. */
  places: number;
  tokens: number;
  /** Milliseconds a token, over all places. */
  plainMs: number;
  draftedMs: number;
  /** Places where both ways wrote the same; sums of a run of several tokens may round otherwise. */
  same: number;
}

interface Options {
  signal?: AbortSignal;
  onProgress?: (label: string, done: number, total: number) => void;
}

const contextTokens = 2048;
const writtenTokens = 16;

/** Writes on from the beginning of each hole, with and without drafts in turn. */
export async function measureDrafts(
  model: LanguageModel,
  holes: readonly Hole[],
  { signal, onProgress }: Options = {},
): Promise<DraftFigures> {
  const figures: DraftFigures = { places: 0, tokens: 0, plainMs: 0, draftedMs: 0, same: 0 };
  for (const [i, { before }] of holes.entries()) {
    throwIfAborted(signal);
    onProgress?.('writing', i, holes.length);
    const context = model.tokenizer.encode(before).slice(-contextTokens);
    if (context.length < 2) continue;
    const state = await model.create();
    await model.read(state, context.slice(0, -1), { priority: Priority.Completion, signal });
    const lookup = new PromptLookup(context);
    const ways = [undefined, (written: readonly number[]) => lookup.draft(written)];
    // Whoever comes second finds warmer caches: each way comes first at every other place.
    const [first, second] = i % 2 === 0 ? [0, 1] : [1, 0];
    const results = [];
    for (const way of [first, second])
      results[way] = await write(model, state, context.at(-1)!, ways[way], signal);
    model.release(state);
    const [plain, drafted] = results as [Written, Written];
    figures.places++;
    figures.tokens += plain.ids.length;
    figures.plainMs += plain.ms;
    figures.draftedMs += (drafted.ms * plain.ids.length) / Math.max(1, drafted.ids.length);
    figures.same += plain.ids.join() === drafted.ids.join() ? 1 : 0;
  }
  const perToken = (ms: number) => ms / Math.max(1, figures.tokens);
  return { ...figures, plainMs: perToken(figures.plainMs), draftedMs: perToken(figures.draftedMs) };
}

interface Written {
  ids: number[];
  ms: number;
}

async function write(
  model: LanguageModel,
  state: ModelState,
  last: number,
  draft: ((written: readonly number[]) => readonly number[]) | undefined,
  signal: AbortSignal | undefined,
): Promise<Written> {
  const fork = await model.fork(state);
  const ids: number[] = [];
  const started = performance.now();
  const options = {
    priority: Priority.Completion,
    signal,
    maxTokens: writtenTokens,
    ...(draft && { draft }),
  };
  for await (const { id } of model.decode(fork, [last], options)) ids.push(id);
  const ms = performance.now() - started;
  model.release(fork);
  return { ids, ms };
}
