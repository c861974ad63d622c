import { checkpointPlaces } from '../completion/checkpoint-places';
import { previousCut } from '../completion/cuts';
import { toLf } from '../completion/line-ends';
import { contextIds, type PromptPlan } from '../completion/prompt';
import type { LanguageModel } from '../inference/language-model';
import type { Keep } from '../state/checkpoints';

/** A text that is worth having read: its tokens, and where states of it are kept. */
export interface ReadingPlan {
  ids: number[];
  keep: Keep;
}

/** The prompt up to the cursor, in parts that stay the same for different lengths of time. */
export interface PromptReading extends ReadingPlan {
  /** Length of header and far prefix: the chain that stays while the cursor moves. */
  chain: number;
  /** Where the cursor's line begins: what stands before it stays while the line is typed. */
  line: number;
}

/**
 * The whole prompt less the token that asks for the middle: kept along the chain, where NEAR begins, before the cursor's line,
 * and at the cursor.
 * @param before the document's text up to the cursor
 * @param label names the document, where states of it may be saved: its chain, and the line that the cursor is in
 */
export function planReading(
  plan: PromptPlan,
  before: string,
  model: Pick<LanguageModel, 'info' | 'tokenizer'>,
  label: string | undefined,
): PromptReading {
  const { special } = model.info;
  const header = plan.header.length;
  const chain = header + plan.far.length;
  const after = (lengths: readonly number[]) => lengths.map((length) => header + length);
  const places = checkpointPlaces({
    header,
    end: chain,
    lineEnds: after(plan.farLineEnds),
    definitions: after(plan.farDefinitions),
  });
  const ids = contextIds(plan, special);
  const near = ids.length - plan.near.length;
  const lineText = toLf(before.slice(previousCut(before, before.length))) + plan.missingIndentation;
  const lineTokens = model.tokenizer.encode(lineText).length - plan.opening.length;
  const line = Math.max(near, ids.length - lineTokens);
  const at = [...places, near, line, ids.length].filter((place, i, all) => place > (all[i - 1] ?? 0));
  // The line's beginning rather than the cursor: what is typed next may change the cursor's last token.
  const keep: Keep = label === undefined ? { at } : { at, save: places, latest: { at: line, label } };
  return { ids, keep, chain, line };
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
