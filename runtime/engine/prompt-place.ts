import { farLimits, QUICK_FAR_LIMITS, type FarLimits } from '../completion/far-prefix';
import {
  handOn,
  NEAR_TARGET_TOKENS,
  planPrompt,
  type NeighbourText,
  type PreviousPlan,
  type PromptInput,
  type PromptPlan,
} from '../completion/prompt';
import type { LanguageModel, ModelInfo } from '../inference/language-model';
import type { LoadedModel } from './model-host';
import { planReading, type PromptReading, type ReadingPlan } from './reading-plan';

/** How much of a file is read, and how much of that while somebody waits. */
export interface ReadingLimits {
  far: FarLimits;
  /** Above this many unread tokens a suggestion is answered from the nearest ones, and the rest is read while quiet. */
  tokensInFront: number;
}

const tokensInFront = 1024;
/** A longer NEAR has its anchor moved while it is quiet, before it must move while somebody waits. */
const longNearTokens = 2 * NEAR_TARGET_TOKENS;

/** A place in a document, as the prompt is made for it. */
export interface PromptPlace {
  /** The workspace: what is kept for it serves no other. */
  scope: string;
  /** Names the document, where states of it may be saved. */
  label: string | undefined;
  displayPath: string;
  before: string;
  after: string;
  /** The last plan made for this document, moved by the edits since. */
  previous: Partial<PreviousPlan> | undefined;
  /** What the prompt shows of other files. */
  neighbours?: readonly NeighbourText[] | undefined;
  /** Others than the product's own, for measurements. */
  limits?: ReadingLimits;
}

export interface PlannedPlace {
  prompt: PromptInput;
  plan: PromptPlan;
  reading: PromptReading;
  /** So much of the file is unread that an answer does without it for the time being. */
  stillReading: boolean;
}

/** A step of what the next request is spared when it is read before. */
export interface AheadStep {
  reading: ReadingPlan;
  /** The plan to go on with once this is read. */
  plan: PreviousPlan;
  /** At once, as it is little; else while it is quiet. */
  soon: boolean;
}

export function planPlace({ model, checkpoints }: LoadedModel, place: PromptPlace): PlannedPlace {
  const prompt = promptInput(model, place);
  const plan = planPrompt(prompt);
  const reading = planReading(plan, place.before, model, place.label);
  const chain = reading.ids.slice(0, reading.chain);
  const stillReading =
    chain.length - checkpoints.reusable(place.scope, chain) > limitsOf(model.info, place).tokensInFront;
  return { prompt, plan, reading, stillReading };
}

/** What to read ahead at a place: its prompt up to the cursor, and the same with the anchor moved on where NEAR has grown long. */
export function stepsAhead(
  model: LanguageModel,
  place: PromptPlace,
  { plan, reading, stillReading }: PlannedPlace,
): AheadStep[] {
  const steps: AheadStep[] = [{ reading, plan: handOn(plan), soon: !stillReading }];
  if (plan.near.length <= longNearTokens) return steps;
  const moved = planPrompt(promptInput(model, { ...place, previous: { farStart: plan.farStart } }));
  const next = planReading(moved, place.before, model, place.label);
  return [...steps, { reading: next, plan: handOn(moved), soon: false }];
}

function promptInput(model: LanguageModel, place: PromptPlace): PromptInput {
  const { displayPath, before, after, previous, neighbours } = place;
  const { prompt: format, cut, maxSuffixTokens, maxNearTokens } = model.info;
  return {
    displayPath,
    before,
    after,
    encode: (text) => model.tokenizer.encode(text),
    format,
    cut,
    limits: { maxSuffixTokens, maxNearTokens, far: limitsOf(model.info, place).far },
    previous,
    ...(neighbours && { neighbours }),
  };
}

/**
 * Behind other files a long file gives way to them: what lies too far back is of no use. A model that wants the suffix first
 * reads all of it again at every jump, so that it gets no more than can be read while somebody waits.
 */
function limitsOf({ prompt, usefulContext }: ModelInfo, place: PromptPlace): ReadingLimits {
  if (place.limits) return place.limits;
  const others = prompt.kind === 'anchored-fim' && (place.neighbours ?? []).length > 0;
  const far = farLimits(others ? usefulContext / 2 : usefulContext);
  const suffixFirst = prompt.kind === 'fim' && prompt.order === 'suffix-prefix-middle';
  if (!suffixFirst) return { far, tokensInFront };
  const isLong = far.maxTokens > QUICK_FAR_LIMITS.maxTokens;
  return { far: isLong ? QUICK_FAR_LIMITS : far, tokensInFront: Infinity };
}
