/** What another assistant hands over, checked: nobody has looked at it before. */
import { recordOf } from '../../runtime/protocol/json';
import { isText } from '../panel/parse-values';

const questionUnits = 2000;
const pathUnits = 4096;
const passagesUnlessAsked = 8;
const mostPassages = 20;

/** @throws Error that names what is missing */
export function searchToolInput(input: unknown): { question: string; limit: number } {
  const { question, limit = passagesUnlessAsked } = recordOf(input);
  if (!isText(question, questionUnits))
    throw new Error(`longview_search needs a "question" of 1 to ${questionUnits} characters.`);
  if (!Number.isInteger(limit) || (limit as number) < 1 || (limit as number) > mostPassages)
    throw new Error(`"limit" must be a whole number from 1 to ${mostPassages}.`);
  return { question, limit: limit as number };
}

/** @throws Error that names what is missing */
export function summaryToolInput(input: unknown): { path: string } {
  const { path } = recordOf(input);
  if (!isText(path, pathUnits)) throw new Error('longview_summarize needs the "path" of a file.');
  return { path };
}
