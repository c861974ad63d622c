import { describe, expect, it } from 'vitest';
import { completeAt, type CompletionInput } from '../../../runtime/engine/completion-job';
import { Checkpoints } from '../../../runtime/state/checkpoints';
import { FakeModel } from '../fakes/language-model';

function loaded(answer: string) {
  const model = new FakeModel(answer);
  return { model, checkpoints: new Checkpoints(model, Infinity) };
}

function at(marked: string, overrides: Partial<CompletionInput['request']> = {}): CompletionInput {
  const [before, after] = marked.split('█') as [string, string];
  return {
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

describe('completeAt', () => {
  it('ends the rest of a line at the newline', async () => {
    const { response } = await completeAt(
      loaded('a + b;\nreturn 3;'),
      at('const x = █\nconst y = 2;\n'),
      undefined,
    );
    expect(response.candidates).toMatchObject([{ text: 'a + b;', stoppedBy: 'line-end' }]);
  });

  it('pays for typed tokens only', async () => {
    const model = loaded('x');
    const lines = 'const value = compute(1, 2, 3);\n'.repeat(6);
    const first = await completeAt(model, at(`${lines}const a█\n`), undefined);
    const second = await completeAt(model, { ...at(`${lines}const ab█\n`), previous: first.plan }, undefined);
    expect(first.response.cost.tokensRead).toBeGreaterThan(190);
    expect(second.response.cost.tokensRead).toBe(1);
  });

  it('answers an unread long file from the nearest tokens, and says what remains to be read', async () => {
    const long = 'let name = 1;\n'.repeat(300);
    const model = loaded('2;');
    const quick = await completeAt(model, at(`${long}let last = █\n`), undefined);
    expect(quick.response.stillReading).toBe(true);
    expect(quick.response.cost.tokensRead).toBeLessThan(1500);
    const { state } = await model.checkpoints.resume(quick.unread!.ids, quick.unread!.keepAt, {
      priority: 3,
    });
    model.model.release(state);
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
    expect(quick.unread!.keepAt[0]).toBeGreaterThan(tooLong[0]!.text.length);
    expect(quick.unread!.keepAt[0]).toBeLessThan(quick.unread!.ids.length + 1);
  });

  it('shows less of a long file behind other files, so that both lie in the widest window', async () => {
    const neighbours = [{ displayPath: 'src/other.ts', text: 'let other = 1;\n'.repeat(30) }];
    const long = at(`${'let name = 1;\n'.repeat(1000)}let last = █\n`);
    const alone = await completeAt(loaded('2;'), long, undefined);
    const behind = await completeAt(loaded('2;'), { ...long, neighbours }, undefined);
    expect(alone.unread!.ids.length).toBeGreaterThan(4096);
    expect(behind.unread!.ids.length).toBeLessThan(4096);
    expect(behind.unread!.ids.length).toBeGreaterThan(2048 + neighbours[0]!.text.length);
  });

  it('goes on with the other files that it showed, until the next ones are read', async () => {
    const model = loaded('2;');
    const place = at(`${'let name = 1;\n'.repeat(30)}let last = █\n`);
    const nextNeighbours = [{ displayPath: 'src/other.ts', text: 'let other = 1;\n'.repeat(30) }];
    const first = await completeAt(model, place, undefined);
    const between = await completeAt(model, { ...place, previous: first.plan, nextNeighbours }, undefined);
    expect(between.tookNext).toBe(false);
    expect(between.response.cost.tokensRead).toBe(0);
    const { state } = await model.checkpoints.resume(between.unread!.ids, between.unread!.keepAt, {
      priority: 3,
    });
    model.model.release(state);
    const then = await completeAt(model, { ...place, previous: first.plan, nextNeighbours }, undefined);
    expect(then).toMatchObject({ tookNext: true });
    expect(then.unread).toBe(undefined);
    expect(then.response.cost.tokensRead).toBeLessThan(200);
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
