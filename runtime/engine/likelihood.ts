import { Priority } from '../inference/language-model';
import type { LoadedModel } from './model-host';
import { planPlace, type PromptPlace } from './prompt-place';
import { planUntil } from './reading-plan';

/**
 * How likely the model finds it that an answer at a place begins with a text: the sum of its tokens' natural log-probabilities. Tells small differences between contexts that exact matches cannot.
 */
export async function likelihoodAt(loaded: LoadedModel, place: PromptPlace, text: string): Promise<number> {
  const { model, checkpoints } = loaded;
  const work = { priority: Priority.Question, waited: { ms: 0 } };
  const { plan, reading } = planPlace(loaded, place);
  // Something is left to be read in any case, so that what comes after it has a likelihood.
  const context = planUntil(
    reading,
    reading.question.length > 0 ? reading.ids.length : reading.ids.length - 1,
  );
  const { state } = await checkpoints.resume(place.scope, context.ids, context.keep, work);
  try {
    // The prompt supplies a blank line's indentation.
    const rest = text.startsWith(plan.missingIndentation) ? text.slice(plan.missingIndentation.length) : text;
    const asked = [...reading.ids.slice(context.ids.length), ...reading.question];
    const answer = model.tokenizer.encode(rest);
    const scores = await model.score(state, [...asked, ...answer], work);
    return scores.subarray(asked.length).reduce((sum, score) => sum + score, 0);
  } finally {
    model.release(state);
  }
}
