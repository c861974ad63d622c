export type CitedPart = { text: string } | { numbers: number[] };

/** Splits text that comes in pieces at its citations, [1] or [1, 2]; those in code are text. Half a citation waits for its end. */
export class CitedText {
  private waiting = '';
  private inCode = false;

  add(piece: string): CitedPart[] {
    const text = this.waiting + piece;
    const [half] = /\[[\d,\s]*$/.exec(text) ?? [''];
    this.waiting = half;
    return this.split(text.slice(0, text.length - half.length));
  }

  end(): CitedPart[] {
    const rest = this.waiting;
    this.waiting = '';
    return rest === '' ? [] : [{ text: rest }];
  }

  private split(text: string): CitedPart[] {
    const parts: CitedPart[] = [];
    let plain = '';
    for (const token of text.split(/(`|\[\d{1,4}(?:\s*,\s*\d{1,4})*\])/)) {
      // An odd number of back quotes opens code, whether it is one or three.
      if (token === '`') this.inCode = !this.inCode;
      if (this.inCode || !/^\[\d/.test(token)) {
        plain += token;
        continue;
      }
      if (plain !== '') parts.push({ text: plain });
      plain = '';
      parts.push({ numbers: token.slice(1, -1).split(',').map(Number) });
    }
    if (plain !== '') parts.push({ text: plain });
    return parts;
  }
}
