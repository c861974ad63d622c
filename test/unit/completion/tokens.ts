/** A stand-in tokeniser for tests: one id for each unit of the real tokeniser's pre-tokenisation. */
const UNITS = /[\r\n]+[ \t]*| ?[\p{L}\p{M}_$]+| ?\p{N}{1,3}| ?[^\s\p{L}\p{M}\p{N}_$]+|[^\S\r\n]+(?!\S)|\s+/gu;

export class UnitTokenizer {
  readonly #ids = new Map<string, number>();
  readonly #units: string[] = [];
  /** Texts that were encoded, in order. */
  readonly calls: string[] = [];

  readonly encode = (text: string): number[] => {
    this.calls.push(text);
    return (text.match(UNITS) ?? []).map((unit) => {
      let id = this.#ids.get(unit);
      if (id === undefined) {
        id = 100 + this.#units.length;
        this.#ids.set(unit, id);
        this.#units.push(unit);
      }
      return id;
    });
  };

  decode(ids: readonly number[]): string {
    return ids.map((id) => (id < 100 ? `<${id}>` : this.#units[id - 100])).join('');
  }
}

export const FORMAT = { kind: 'anchored-fim', file: 1, path: 2, prefix: 3, suffix: 4, middle: 5 } as const;
