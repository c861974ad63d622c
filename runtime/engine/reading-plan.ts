import { checkpointPlaces } from '../completion/checkpoint-places';
import { previousCut } from '../completion/cuts';
import { toLf } from '../completion/line-ends';
import type { PromptPlan } from '../completion/prompt';
import { contextIds, leadIds, questionIds } from '../completion/prompt-layout';
import type { LanguageModel } from '../inference/language-model';
import type { Keep } from '../state/checkpoints';

/** A text that is worth having read: its tokens, and where states of it are kept. */
export interface ReadingPlan {
  ids: number[];
  keep: Keep;
}

/** The prompt up to the cursor, in parts that stay the same for different lengths of time. */
export interface PromptReading extends ReadingPlan {
  /** Length of header and far prefix: the chain that stays while the cursor moves (unless the suffix stands before it). */
  chain: number;
  /** Where the cursor's line begins: what stands before it stays while the line is typed. */
  line: number;
  /** The ids that ask for the middle, read after the others. */
  question: number[];
}

/**
 * The whole prompt less what asks for the middle: kept along the chain, where NEAR begins, before the cursor's line, and at the
 * cursor; one token before it where nothing asks, since the model must read something to go on from.
 * @param before the document's text up to the cursor
 * @param label names the document, where states of it may be saved: its chain, and the line that the cursor is in
 */
export function planReading(
  plan: PromptPlan,
  before: string,
  model: Pick<LanguageModel, 'info' | 'tokenizer'>,
  label: string | undefined,
): PromptReading {
  const { prompt: format, cut } = model.info;
  const header = leadIds(plan, format).length;
  const chain = header + plan.far.length;
  const after = (lengths: readonly number[]) => lengths.map((length) => header + length);
  const places = checkpointPlaces({
    header,
    end: chain,
    lineEnds: after(plan.farLineEnds),
    definitions: after(plan.farDefinitions),
  });
  const ids = contextIds(plan, format);
  const question = questionIds(plan, format);
  const cursor = question.length > 0 ? ids.length : ids.length - 1;
  const near = ids.length - plan.near.length;
  const lineText = toLf(before.slice(previousCut(before, before.length, cut))) + plan.missingIndentation;
  const lineTokens = model.tokenizer.encode(lineText).length - plan.opening.length;
  const line = Math.min(Math.max(near, ids.length - lineTokens), cursor);
  const at = ascending([...places, near, line, cursor].filter((place) => place <= cursor));
  // The line's beginning rather than the cursor: what is typed next may change the cursor's last token.
  const keep: Keep =
    label === undefined
      ? { at }
      : { at, save: places.filter((place) => at.includes(place)), latest: { at: line, label } };
  return { ids, keep, chain, line, question };
}

function ascending(places: readonly number[]): number[] {
  return [...new Set(places)].filter((place) => place > 0).sort((a, b) => a - b);
}

/** The beginning of a plan. */
export function planUntil({ ids, keep }: ReadingPlan, length: number): ReadingPlan {
  const within = (place: number) => place <= length;
  const { at, save, latest } = keep;
  return {
    ids: ids.slice(0, length),
    keep: {
      at: at.filter(within),
      ...(save && { save: save.filter(within) }),
      ...(latest && within(latest.at) && { latest }),
    },
  };
}
