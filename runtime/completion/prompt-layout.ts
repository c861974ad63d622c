/**
 * The ids of a prompt, in the order that the model was trained to see:
 *
 *   anchored-fim           HEADER FAR <suffix> SUFFIX <prefix> NEAR | <middle> OPENING
 *   prefix-suffix-middle   <prefix> FAR NEAR | <suffix> SUFFIX <middle>
 *   suffix-prefix-middle   <suffix> SUFFIX <prefix> FAR NEAR | <middle>
 *   prefix                 FAR NEAR |
 *
 * (spaces typographic). What stands before the bar is the context: states are kept along it, and typing appends to it. What
 * follows asks for the middle, and is read on a fork each time. So a model that wants its suffix last pays for the suffix at
 * every key, and one that wants it first reads everything anew when the cursor goes elsewhere.
 */
import type { PromptFormat } from '../protocol/prompt-format';
import type { PromptPlan } from './prompt';

/** Tokens before the far prefix, the same at all places in a file unless the suffix is among them. */
export function leadIds(plan: PromptPlan, format: PromptFormat): number[] {
  if (format.kind === 'anchored-fim') return plan.header;
  if (format.kind === 'prefix') return [format.begin];
  const begin = format.begin === undefined ? [] : [format.begin];
  return format.order === 'prefix-suffix-middle'
    ? [...begin, format.prefix]
    : [...begin, format.suffix, ...plan.suffix, format.prefix];
}

/** The ids up to the cursor; NEAR stands last. */
export function contextIds(plan: PromptPlan, format: PromptFormat): number[] {
  const between = format.kind === 'anchored-fim' ? [format.suffix, ...plan.suffix, format.prefix] : [];
  return [...leadIds(plan, format), ...plan.far, ...between, ...plan.near];
}

/** The ids that ask for the middle, after those of the context; none where the context's end alone does. */
export function questionIds(plan: PromptPlan, format: PromptFormat): number[] {
  if (format.kind === 'anchored-fim') return [format.middle, ...plan.opening];
  if (format.kind === 'prefix') return [];
  const middle = format.middle === undefined ? [] : [format.middle];
  return format.order === 'prefix-suffix-middle' ? [format.suffix, ...plan.suffix, ...middle] : middle;
}
