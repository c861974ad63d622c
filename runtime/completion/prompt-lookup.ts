/** A draft longer than this gains little and costs more to check. */
const draftTokens = 3;
/** So many last tokens that stood together before are the best sign; fewer are taken where there is nothing better. */
const longestMatch = 3;

/**
 * Guesses what is written next from what stands in the context already: the tokens that followed the last ones where these
 * stood before. Code repeats itself, and several tokens are checked in one run that takes little longer than one of a
 * single token. Source: prompt lookup decoding, Saxena 2023.
 */
export class PromptLookup {
  private readonly ids: number[];
  private readonly contextLength: number;

  /** @param context the tokens before the ones that are written, in parts */
  constructor(...context: readonly (readonly number[])[]) {
    this.ids = context.flat();
    this.contextLength = this.ids.length;
  }

  /** @param written all tokens written so far */
  draft(written: readonly number[]): number[] {
    const { ids } = this;
    ids.push(...written.slice(ids.length - this.contextLength));
    const after = this.placeAfterMatch();
    return after === undefined ? [] : ids.slice(after, after + draftTokens);
  }

  /** Behind the latest of the places where the most of the last tokens stood before. */
  private placeAfterMatch(): number | undefined {
    const { ids } = this;
    const last = ids.length - 1;
    let longest = 0;
    let place: number | undefined;
    for (let at = last - 1; at >= 0 && longest < longestMatch; at--) {
      let length = 0;
      while (length < longestMatch && length <= at && ids[at - length] === ids[last - length]) length++;
      if (length > longest) {
        longest = length;
        place = at + 1;
      }
    }
    return place;
  }
}
