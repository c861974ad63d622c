import { beforeAll, describe, expect, it } from 'vitest';
import { completeAt, type CompletionInput } from '../../../runtime/engine/completion-job';
import { Checkpoints } from '../../../runtime/state/checkpoints';
import type { AheadStep } from '../../../runtime/engine/prompt-place';
import { openTestGrammars } from '../retrieval/grammars';
import { FakeModel } from '../fakes/language-model';

function loaded(answer: string) {
  const model = new FakeModel(answer);
  return { model, checkpoints: new Checkpoints(model, Infinity) };
}

function at(marked: string, overrides: Partial<CompletionInput['request']> = {}): CompletionInput {
  const [before, after] = marked.split('█') as [string, string];
  return {
    scope: 'here',
    label: undefined,
    readsAhead: true,
    displayPath: 'src/a.ts',
    before,
    after,
    previous: undefined,
    request: {
      uri: 'file:///a.ts',
      version: 1,
      offset: before.length,
      explicit: true,
      multiline: 'auto',
      threshold: 0,
      alternatives: 1,
      ...overrides,
    },
  };
}

/** As background reading does. */
async function readAhead({ model, checkpoints }: ReturnType<typeof loaded>, steps: AheadStep[]) {
  for (const { reading } of steps) {
    const { state } = await checkpoints.resume('here', reading.ids, reading.keep, { priority: 3 });
    model.release(state);
  }
}

describe('completeAt', () => {
  beforeAll(openTestGrammars);

  it('ends the rest of a line at the newline', async () => {
    const { response } = await completeAt(
      loaded('a + b;\nreturn 3;'),
      at('const x = █\nconst y = 2;\n'),
      undefined,
    );
    expect(response.candidates).toMatchObject([{ text: 'a + b;', stoppedBy: 'line-end' }]);
  });

  it('ends a block where its grammar lets it end', async () => {
    const block = { ...at('function f() {\n  █\n  return a;\n}\n'), languageId: 'typescript' };
    const answer = 'const a = 1;\n  const b = [\n    1,';
    const { response } = await completeAt(loaded(answer), block, undefined);
    expect(response.candidates).toMatchObject([{ text: 'const a = 1;', stoppedBy: 'block-end' }]);
    const { languageId: _, ...unknown } = block;
    const whole = await completeAt(loaded(answer), unknown, undefined);
    expect(whole.response.candidates).toMatchObject([{ text: answer }]);
  });

  const lines = 'const value = compute(1, 2, 3);\n'.repeat(6);

  it('pays for typed tokens only', async () => {
    const model = loaded('x');
    const first = await completeAt(model, at(`${lines}const a█\n`), undefined);
    await readAhead(model, first.ahead());
    const second = await completeAt(model, { ...at(`${lines}const ab█\n`), previous: first.plan }, undefined);
    expect(first.response.cost.tokensRead).toBeGreaterThan(190);
    expect(second.response.cost.tokensRead).toBe(1);
  });

  it("pays for the cursor's line at most when the next key comes before there was a quiet moment", async () => {
    const model = loaded('x');
    const first = await completeAt(model, at(`${lines}const a█\n`), undefined);
    const second = await completeAt(model, { ...at(`${lines}const ab█\n`), previous: first.plan }, undefined);
    expect(second.response.cost.tokensRead).toBe('\nconst ab'.length);
  });

  it('pays for typed tokens only where nothing is read ahead: the cursor is kept in front of the user then', async () => {
    const model = loaded('x');
    const place = (marked: string) => ({ ...at(marked), readsAhead: false });
    const first = await completeAt(model, place(`${lines}const a█\n`), undefined);
    const next = { ...place(`${lines}const ab█\n`), previous: first.plan };
    expect((await completeAt(model, next, undefined)).response.cost.tokensRead).toBe(1);
  });

  it('moves the anchor of a long NEAR while it is quiet, so that no key pays for it', async () => {
    const model = loaded('x');
    const typed = `${lines}const x = ${'1 + '.repeat(18)}`;
    const first = await completeAt(model, at(`${lines}█\n`), undefined);
    const long = await completeAt(model, { ...at(`${typed}█\n`), previous: first.plan }, undefined);
    expect(long.plan.anchor).toBe(first.plan.anchor);
    expect(long.ahead()).toHaveLength(2);
    expect(long.ahead()[1]).toMatchObject({ soon: false });
    await readAhead(model, long.ahead());
    const previous = long.ahead()[1]!.plan;
    expect(previous.anchor).toBeGreaterThan(first.plan.anchor);
    const next = await completeAt(model, { ...at(`${typed}2█\n`), previous }, undefined);
    expect(next.response.cost.tokensRead).toBe(1);
  });

  it('keeps what workspaces read apart', async () => {
    const model = loaded('x');
    const place = at(`${lines}const a█\n`);
    const first = await completeAt(model, place, undefined);
    await readAhead(model, first.ahead());
    const same = await completeAt(model, place, undefined);
    const elsewhere = await completeAt(model, { ...place, scope: 'elsewhere' }, undefined);
    expect(same.response.cost.tokensRead).toBe(0);
    expect(elsewhere.response.cost.tokensRead).toBe(first.response.cost.tokensRead);
  });

  it('answers an unread long file from the nearest tokens, and says what remains to be read', async () => {
    const long = 'let name = 1;\n'.repeat(300);
    const model = loaded('2;');
    const quick = await completeAt(model, at(`${long}let last = █\n`), undefined);
    expect(quick.response.stillReading).toBe(true);
    expect(quick.response.cost.tokensRead).toBeLessThan(1500);
    expect(quick.ahead()).toMatchObject([{ soon: false }]);
    await readAhead(model, quick.ahead());
    const after = await completeAt(
      model,
      { ...at(`${long}let last = █\n`), previous: quick.plan },
      undefined,
    );
    expect(after.response.stillReading).toBe(false);
    expect(after.response.cost.contextTokens).toBeGreaterThan(quick.response.cost.contextTokens);
  });

  it('shows other files before the file, but not where that would keep the user waiting', async () => {
    const neighbours = [{ displayPath: 'src/other.ts', text: 'let other = 1;\n'.repeat(30) }];
    const plain = await completeAt(loaded('2;'), at('let last = █\n'), undefined);
    const short = await completeAt(loaded('2;'), { ...at('let last = █\n'), neighbours }, undefined);
    expect(short.response.stillReading).toBe(false);
    const shown = short.response.cost.contextTokens - plain.response.cost.contextTokens;
    expect(shown).toBeGreaterThan(neighbours[0]!.text.length);

    const model = loaded('2;');
    const tooLong = [{ displayPath: 'src/other.ts', text: 'let other = 1;\n'.repeat(100) }];
    const quick = await completeAt(model, { ...at('let last = █\n'), neighbours: tooLong }, undefined);
    expect(quick.response.stillReading).toBe(true);
    expect(quick.response.cost.contextTokens).toBe(plain.response.cost.contextTokens);
    // Read as far as the other files go, it is kept for every state of this one.
    const [{ reading }] = quick.ahead() as [AheadStep];
    expect(reading.keep.at[0]).toBeGreaterThan(tooLong[0]!.text.length);
    expect(reading.keep.at[0]).toBeLessThan(reading.ids.length);
  });

  it('shows less of a long file behind other files, so that both lie in the widest window', async () => {
    const neighbours = [{ displayPath: 'src/other.ts', text: 'let other = 1;\n'.repeat(30) }];
    const long = at(`${'let name = 1;\n'.repeat(1000)}let last = █\n`);
    const alone = await completeAt(loaded('2;'), long, undefined);
    const behind = await completeAt(loaded('2;'), { ...long, neighbours }, undefined);
    expect(alone.ahead()[0]!.reading.ids.length).toBeGreaterThan(4096);
    expect(behind.ahead()[0]!.reading.ids.length).toBeLessThan(4096);
    expect(behind.ahead()[0]!.reading.ids.length).toBeGreaterThan(2048 + neighbours[0]!.text.length);
  });

  it('gives up early on what would not be shown, but never on an explicit request', async () => {
    const model = loaded('abcdefghijklmnopqrstuvwxyz');
    const quiet = await completeAt(model, at('let q = █\n', { explicit: false, threshold: 0.9 }), undefined);
    expect(quiet.response.candidates).toMatchObject([{ stoppedBy: 'low-confidence' }]);
    const asked = await completeAt(model, at('let q = █\n', { threshold: 0.9 }), undefined);
    expect(asked.response.candidates[0]!.text).toBe('abcdefghijklmnopqrstuvwxyz');
  });

  it('releases every state but the kept ones, also when cancelled', async () => {
    const model = loaded('x');
    const abort = new AbortController();
    abort.abort();
    await expect(completeAt(model, at('let q = █\n'), abort.signal)).rejects.toThrow('Cancelled');
    expect(model.model.held.size).toBe(model.checkpoints.size);
    await completeAt(model, at('let q = █\n'), undefined);
    expect(model.model.held.size).toBe(model.checkpoints.size);
  });
});
