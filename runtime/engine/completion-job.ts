import { Confidence } from '../completion/confidence';
import { FAR_LIMITS, FAR_LIMITS_BEHIND_OTHERS } from '../completion/far-prefix';
import { previousCut } from '../completion/cuts';
import { toLf } from '../completion/line-ends';
import {
  planPrompt,
  planQuickPrompt,
  type NeighbourText,
  type PromptInput,
  type PromptPlan,
} from '../completion/prompt';
import { checkStop, finishText, planStop, type Stop, type StopPlan } from '../completion/stop-rules';
import { Priority, type LanguageModel, type ModelState, type WorkOptions } from '../inference/language-model';
import type {
  CompletionCandidate,
  CompletionCost,
  CompletionRequest,
  CompletionResponse,
} from '../protocol/completion';
import type { LoadedModel } from './model-host';

/** Above this many unread tokens a suggestion is answered from the nearest ones, and the rest is read while quiet. */
const maxTokensInFront = 1024;
/** While a long text is read, a checkpoint at least every so many tokens. */
const checkpointEvery = 512;
/** Alternatives are sampled a little more freely than the first, which is greedy. */
const alternativeSampling = { temperature: 0.8, topP: 0.95 };

export interface CompletionInput {
  request: CompletionRequest;
  displayPath: string;
  before: string;
  after: string;
  /** The last plan made for this document, moved by the edits since. */
  previous: Pick<PromptPlan, 'anchor' | 'farStart'> | undefined;
  /** What the prompt shows of other files. */
  neighbours?: readonly NeighbourText[];
  /** What it should show instead, once that is read as far as the present prompt is. */
  nextNeighbours?: readonly NeighbourText[];
}

export interface CompletionOutcome {
  response: CompletionResponse;
  plan: Pick<PromptPlan, 'anchor' | 'farStart'>;
  /** What remains to be read of the file, in the order in which it is read; set when the answer came without it. */
  unread?: ReadingPlan;
  /** The prompt showed `nextNeighbours`. */
  tookNext: boolean;
}

/** A token sequence worth holding, and the lengths at which to leave checkpoints. */
export interface ReadingPlan {
  ids: number[];
  keepAt: number[];
}

/** Answers one completion request: plans the prompt, resumes the longest kept prefix of it, reads the rest, and writes. */
export async function completeAt(
  { model, checkpoints }: LoadedModel,
  input: CompletionInput,
  signal: AbortSignal | undefined,
): Promise<CompletionOutcome> {
  const { request, after } = input;
  const work = { priority: Priority.Completion, signal, waited: { ms: 0 } };
  const started = performance.now();
  const before = input.before + (request.selectedText ?? '');
  const prompt: PromptInput = {
    displayPath: input.displayPath,
    before,
    after,
    encode: (text) => model.tokenizer.encode(text),
    special: model.info.special,
    limits: {
      maxSuffixTokens: model.info.maxSuffixTokens,
      maxNearTokens: model.info.maxNearTokens,
      far: FAR_LIMITS,
    },
    previous: input.previous,
  };
  const unreadOf = ({ ids }: ReadingPlan) => ids.length - checkpoints.reusable(ids);
  const present = planPrompt(behind(input.neighbours, prompt));
  const next = input.nextNeighbours && planPrompt(behind(input.nextNeighbours, prompt));
  const wanted = readingPlanOf(next ?? present);
  const tookNext = next !== undefined && unreadOf(wanted) <= unreadOf(readingPlanOf(present));
  const plan = tookNext ? next : present;
  const stillReading = unreadOf(readingPlanOf(plan)) > maxTokensInFront;
  // Other files can wait until there is time to read them.
  const used = stillReading ? planQuickPrompt(prompt) : plan;
  const reading = promptReading(used, before, model);
  const tokenised = performance.now();

  const { state, tokensRead } = await checkpoints.resume(reading.ids, reading.keepAt, work);
  const read = performance.now();
  const readWait = work.waited.ms;
  const written: CompletionCandidate[] = [];
  try {
    const stopPlan = planStop(before, after, request.multiline);
    for (let i = 0; i < Math.max(1, request.alternatives); i++) {
      const candidate = await write(model, state, used, stopPlan, request, work, i);
      if (candidate.text.trim() !== '' && !written.some(({ text }) => text === candidate.text))
        written.push(candidate);
    }
  } finally {
    model.release(state);
  }
  const ended = performance.now();

  const cost: CompletionCost = {
    contextTokens: reading.ids.length,
    tokensRead,
    tokensGenerated: written.reduce((sum, { tokens }) => sum + tokens, 0),
    ms: {
      queue: work.waited.ms,
      tokenise: tokenised - started,
      read: read - tokenised - readWait,
      decode: ended - read - (work.waited.ms - readWait),
    },
  };
  // The greedy one stays first, as it is the one that ghost text shows; a shorter alternative is likelier only for its length.
  const [greedy, ...others] = written;
  const candidates = greedy ? [greedy, ...others.sort((a, b) => b.confidence - a.confidence)] : [];
  return {
    response: {
      candidates,
      cost,
      stillReading,
      ...(candidates.length === 0 && { silence: 'model-empty' as const }),
    },
    plan: { anchor: plan.anchor, farStart: plan.farStart },
    ...((stillReading || (next && !tookNext)) && { unread: wanted }),
    tookNext,
  };
}

/** The prompt with other files before it. A long file then gives way to them: what lies too far back is of no use. */
function behind(neighbours: readonly NeighbourText[] = [], prompt: PromptInput): PromptInput {
  if (neighbours.length === 0) return prompt;
  return { ...prompt, neighbours, limits: { ...prompt.limits, far: FAR_LIMITS_BEHIND_OTHERS } };
}

/** Header and far prefix: what stays when the cursor moves. */
function readingPlanOf(plan: PromptPlan): ReadingPlan {
  const ids = [...plan.header, ...plan.far];
  // Other files' text outlives every edit of this one.
  const keepAt: number[] = plan.header.length >= checkpointEvery / 2 ? [plan.header.length] : [];
  for (const end of plan.farLineEnds) {
    const at = plan.header.length + end;
    if (at - (keepAt.at(-1) ?? 0) >= checkpointEvery) keepAt.push(at);
  }
  if (keepAt.at(-1) !== ids.length) keepAt.push(ids.length);
  return { ids, keepAt };
}

/** The whole prompt less the token that asks for the middle, kept also before the cursor's line and at the cursor. */
function promptReading(plan: PromptPlan, before: string, model: LanguageModel): ReadingPlan {
  const { special } = model.info;
  const far = readingPlanOf(plan);
  const ids = [...far.ids, special.fimSuffix, ...plan.suffix, special.fimPrefix, ...plan.near];
  const line = toLf(before.slice(previousCut(before, before.length))) + plan.missingIndentation;
  const lineTokens = model.tokenizer.encode(line).length - plan.opening.length;
  const keepAt = [...far.keepAt];
  if (lineTokens > 0 && lineTokens < plan.near.length) keepAt.push(ids.length - lineTokens);
  keepAt.push(ids.length);
  return { ids, keepAt };
}

/** Writes one candidate from a fork of `state`; the first is greedy, the others are sampled. */
async function write(
  model: LanguageModel,
  state: ModelState,
  plan: PromptPlan,
  stopPlan: StopPlan,
  request: CompletionRequest,
  work: WorkOptions,
  nth: number,
): Promise<CompletionCandidate> {
  const fork = await model.fork(state);
  const confidence = new Confidence();
  const ids: number[] = [];
  let text = '';
  let stop: Stop | undefined;
  try {
    const tokens = model.decode(fork, [model.info.special.fimMiddle, ...plan.opening], {
      ...work,
      maxTokens: stopPlan.maxTokens,
      ...(nth > 0 && { sampling: { ...alternativeSampling, seed: nth } }),
    });
    for await (const { id, logProbability } of tokens) {
      ids.push(id);
      const longer = withoutPartialCharacter(model.tokenizer.decode(ids));
      confidence.add(longer.slice(text.length), logProbability);
      text = longer;
      stop = checkStop(stopPlan, text, ids.length);
      if (!stop && !request.explicit && confidence.value < request.threshold)
        stop = { by: 'low-confidence', text };
      if (stop) break;
    }
  } finally {
    model.release(fork);
  }
  stop ??= finishText(stopPlan, text);
  return {
    text: stop.text === '' ? '' : plan.missingIndentation + stop.text,
    confidence: confidence.value,
    tokens: ids.length,
    stoppedBy: stop.by,
  };
}

/** A character whose bytes are spread over tokens decodes to U+FFFD until its last one is there. */
function withoutPartialCharacter(text: string): string {
  return text.replace(/\uFFFD+$/, '');
}
