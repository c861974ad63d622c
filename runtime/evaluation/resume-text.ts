import type { LanguageModel } from '../inference/language-model';
import { UserError } from '../protocol/errors';

export interface ResumeTextOptions {
  text: string;
  /** The text is cut to this length. */
  tokens: number;
  /** 0..1: where the edits are, as a share of the text. */
  editAt: number;
}

export interface ResumeText {
  text: string;
  tokens: number;
  /** Offsets at line ends around the edit, from the last to the first: an earlier jump leaves nothing that helps a later one. */
  offsets: number[];
}

const places = 20;

/** @throws UserError where the text is shorter than asked for */
export function resumeText(model: LanguageModel, { text, tokens, editAt }: ResumeTextOptions): ResumeText {
  const ids = model.tokenizer.encode(text);
  if (ids.length < tokens)
    throw new UserError(`The file has ${ids.length} tokens; --tokens ${tokens} needs a longer one.`);
  // A character whose bytes are spread over tokens may have been cut.
  const cut = model.tokenizer.decode(ids.slice(0, tokens)).replace(/\uFFFD$/, '');
  const lineEnds = [...cut.matchAll(/[^\n]\n/g)].map(({ index }) => index + 1);
  const after = lineEnds.findIndex((end) => end >= cut.length * editAt);
  const centre = after < 0 ? lineEnds.length : after;
  const first = Math.max(0, Math.min(lineEnds.length, centre + places / 2) - places);
  const offsets = lineEnds.slice(first, first + places).reverse();
  if (offsets.length === 0) throw new UserError('The file has no lines to edit.');
  return { text: cut, tokens, offsets };
}
