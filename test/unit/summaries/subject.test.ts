import { beforeAll, describe, expect, it } from 'vitest';
import { MemoryLineCache, subjectOf, writtenLine } from '../../../runtime/summaries';
import { openGrammars } from '../../../runtime/syntax';
import { grammarsFolder } from '../syntax/grammars-folder';
import { FakeModel } from './fake-model';

beforeAll(() => openGrammars(grammarsFolder));

const source = `/** Keeps snapshots under a ceiling. */

import { a } from './a';

/** Holds them. */
export class Store {
  private held = 0;

  put(key: string) {
    this.held += key.length;
    a(key);
    return this.held;
  }
}

export function evict(entries: string[]) {
  const first = entries[0];
  entries.shift();
  return first;
}
`;
const subject = (startLine: number, endLine: number) =>
  subjectOf(source, 'typescript', { startLine, endLine });

describe('subjectOf', () => {
  it('is the innermost symbol that holds the whole passage', async () => {
    expect(await subject(8, 12)).toMatchObject({ symbol: { line: { name: 'put' } }, doc: '' });
    expect(await subject(4, 13)).toMatchObject({ symbol: { line: { name: 'Store' } }, doc: 'Holds them.' });
  });

  it('is the symbol with most of the lines where the passage shows several', async () => {
    expect(await subject(11, 19)).toMatchObject({ symbol: { line: { name: 'evict' } } });
  });

  it('is the file at its head, and nothing where no symbol stands', async () => {
    expect(await subject(0, 2)).toEqual({ doc: 'Keeps snapshots under a ceiling.' });
    expect(await subjectOf('a\n'.repeat(40), 'plaintext', { startLine: 20, endLine: 30 })).toBeUndefined();
  });
});

describe('writtenLine', () => {
  const of = { text: source, languageId: 'typescript' };

  it('is written once, and judged as the lines of a summary are', async () => {
    const model = new FakeModel(() => ({ text: 'Removes the first of the entries.' }));
    const cache = new MemoryLineCache();
    const { symbol } = (await subject(15, 19))!;
    for (let i = 0; i < 2; i++)
      expect(await writtenLine(symbol!, of, model, cache)).toBe('Removes the first of the entries.');
    expect(model.prompts).toHaveLength(1);
    const liar = new FakeModel(() => ({ text: 'Calls `launchRockets` on the entries.' }));
    expect(await writtenLine(symbol!, of, liar, new MemoryLineCache())).toBeUndefined();
  });
});
