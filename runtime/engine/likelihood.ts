import { questionIds } from '../completion/prompt';
import { Priority } from '../inference/language-model';
import type { LoadedModel } from './model-host';
import { planPlace, type PromptPlace } from './prompt-place';

/**
 * How likely the model finds a text as the whole answer at a place: the sum of its tokens' natural log-probabilities, the
 * end's among them. Tells small differences between contexts that exact matches cannot.
 */
export async function likelihoodAt(loaded: LoadedModel, place: PromptPlace, text: string): Promise<number> {
  const { model, checkpoints } = loaded;
  const { special } = model.info;
  const work = { priority: Priority.Question, waited: { ms: 0 } };
  const { plan, reading } = planPlace(loaded, place);
  const { state } = await checkpoints.resume(place.scope, reading.ids, reading.keep, work);
  try {
    // The prompt supplies a blank line's indentation.
    const rest = text.startsWith(plan.missingIndentation) ? text.slice(plan.missingIndentation.length) : text;
    const asked = questionIds(plan, special);
    const answer = [...model.tokenizer.encode(rest), special.fimEnd];
    const scores = await model.score(state, [...asked, ...answer], work);
    return scores.subarray(asked.length).reduce((sum, score) => sum + score, 0);
  } finally {
    model.release(state);
  }
}
