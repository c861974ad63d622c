import { Confidence } from '../completion/confidence';
import { handOn, planQuickPrompt, type PreviousPlan } from '../completion/prompt';
import { PromptLookup } from '../completion/prompt-lookup';
import { checkStop, finishText, planStop, type Stop, type StopPlan } from '../completion/stop-rules';
import {
  Priority,
  type DecodeOptions,
  type LanguageModel,
  type ModelState,
} from '../inference/language-model';
import type {
  CompletionCandidate,
  CompletionCost,
  CompletionRequest,
  CompletionResponse,
} from '../protocol/completion';
import { soundEnd } from '../syntax';
import type { LoadedModel } from './model-host';
import { planPlace, stepsAhead, type AheadStep, type PromptPlace } from './prompt-place';
import { planReading, planUntil, type PromptReading } from './reading-plan';

/** Alternatives are sampled a little more freely than the first, which is greedy. */
const alternativeSampling = { temperature: 0.8, topP: 0.95 };

export interface CompletionInput extends PromptPlace {
  request: CompletionRequest;
  /** Of the document: its grammar says where a block may end. Without one, indentation alone does. */
  languageId?: string;
  /** What an answer leaves unread, `ahead`, is read before the next key. */
  readsAhead: boolean;
}

export interface CompletionOutcome {
  response: CompletionResponse;
  plan: PreviousPlan;
  /** What the next request is spared when it is read before; worked out when asked for, as the answer need not wait for it. */
  ahead: () => AheadStep[];
}

/** Answers one completion request: plans the prompt, resumes the longest kept prefix of it, reads the rest, and writes. */
export async function completeAt(
  loaded: LoadedModel,
  input: CompletionInput,
  signal: AbortSignal | undefined,
): Promise<CompletionOutcome> {
  const { model, checkpoints } = loaded;
  const { request, scope } = input;
  const work = {
    priority: request.ahead ? Priority.Background : Priority.Completion,
    signal,
    waited: { ms: 0 },
  };
  const started = performance.now();
  const { selectedText = '', replacedAfter = 0 } = request;
  const place = {
    ...input,
    before: input.before + selectedText,
    after: input.after.slice(replacedAfter),
  };
  const { before, after } = place;
  const planned = planPlace(loaded, place);
  const { stillReading, prompt } = planned;
  const used = stillReading ? planQuickPrompt(prompt) : planned.plan;
  const reading = stillReading ? planReading(used, before, model, undefined) : planned.reading;
  const front = endOfFront(reading, checkpoints.reusable(scope, reading.ids), input);
  const { ids, keep } = planUntil(reading, front);
  const tail = reading.ids.slice(front);
  const tokenised = performance.now();

  const { state, tokensRead } = await checkpoints.resume(scope, ids, keep, work);
  const read = performance.now();
  const readWait = work.waited.ms;
  const written: CompletionCandidate[] = [];
  try {
    const stopPlan = planStop(before, after, request.multiline);
    const asked = [...tail, ...reading.question];
    const lookup = new PromptLookup(reading.ids, used.opening);
    for (let i = 0; i < Math.max(1, request.alternatives); i++) {
      const how: Partial<DecodeOptions> =
        i === 0 ? { draft: (ids) => lookup.draft(ids) } : { sampling: { ...alternativeSampling, seed: i } };
      const options = { ...work, ...how, maxTokens: stopPlan.maxTokens };
      const answer = await write(model, state, asked, options, stopPlan, request);
      const candidate = await soundBlock(indented(answer, used.missingIndentation), place);
      if (candidate.text.trim() !== '' && !written.some(({ text }) => text === candidate.text))
        written.push(candidate);
    }
  } finally {
    model.release(state);
  }
  const ended = performance.now();

  const cost: CompletionCost = {
    contextTokens: reading.ids.length,
    tokensRead: tokensRead + tail.length,
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
    plan: handOn(planned.plan),
    ahead: () => stepsAhead(model, place, planned),
  };
}

/**
 * How much is read, and can be kept, before the question is put. What remains of the cursor's line is read in one run together with the
 * question, since a run of ten tokens takes little longer than one of a single token, and is kept when nobody waits. Several
 * candidates start from one state, which holds all.
 */
function endOfFront(
  { keep, line }: PromptReading,
  reusable: number,
  { readsAhead, request }: CompletionInput,
): number {
  const cursor = keep.at.at(-1) ?? 0;
  if (!readsAhead || request.alternatives > 1) return cursor;
  return Math.max(line, Math.min(reusable, cursor));
}

/** Writes one candidate from a fork of `state`, after `asked`. */
async function write(
  model: LanguageModel,
  state: ModelState,
  asked: readonly number[],
  options: DecodeOptions,
  stopPlan: StopPlan,
  request: CompletionRequest,
): Promise<CompletionCandidate> {
  const fork = await model.fork(state);
  const confidence = new Confidence();
  const ids: number[] = [];
  let text = '';
  let stop: Stop | undefined;
  try {
    const tokens = model.decode(fork, asked, options);
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
    text: stop.text,
    confidence: confidence.value,
    tokens: ids.length,
    stoppedBy: stop.by,
  };
}

function indented(candidate: CompletionCandidate, indentation: string): CompletionCandidate {
  return candidate.text === '' ? candidate : { ...candidate, text: indentation + candidate.text };
}

/** Without last lines that leave something open which an earlier end would not. */
async function soundBlock(
  candidate: CompletionCandidate,
  { before, after, languageId }: Pick<CompletionInput, 'before' | 'after' | 'languageId'>,
): Promise<CompletionCandidate> {
  if (languageId === undefined || !candidate.text.includes('\n')) return candidate;
  const text = await soundEnd(before, candidate.text, after, languageId);
  return text === candidate.text ? candidate : { ...candidate, text, stoppedBy: 'block-end' };
}

/** A character whose bytes are spread over tokens decodes to U+FFFD until its last one is there. */
function withoutPartialCharacter(text: string): string {
  return text.replace(/\uFFFD+$/, '');
}
