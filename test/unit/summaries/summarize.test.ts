import { beforeAll, describe, expect, test } from 'vitest';
import type { SummaryProgress } from '../../../runtime/protocol/summaries';
import { MemoryLineCache, summarizeFile, type SummarizeDependencies } from '../../../runtime/summaries';
import { openGrammars } from '../../../runtime/syntax';
import { grammarsFolder } from '../syntax/grammars-folder';
import { FakeModel } from './fake-model';

beforeAll(() => openGrammars(grammarsFolder));

const source = `/** Keeps sums. */
import { x } from './x';

export const limit = 3;

/** Adds up. Then returns. */
export function add(values: number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

function small(rows: number[]) {
  const total = add(rows);
  const share = total / limit;
  return share;
}

export function mean(values: number[]): number {
  const total = add(values);
  const count = values.length;
  if (count === 0) return 0;
  return total / count;
}
`;

const input = { path: '/w/sums.ts', displayPath: 'sums.ts', text: source, languageId: 'typescript' };
const answers: Record<string, string> = {
  mean: 'Divides the total of the values by their count',
  small: 'Returns the share of the total that the limit has.',
};
const modelOf = () =>
  new FakeModel((code) => ({ text: answers[/function (\w+)/.exec(code)?.[1] ?? ''] ?? '' }));
const dependencies = (model?: FakeModel, cache = new MemoryLineCache()): SummarizeDependencies => ({
  model,
  cache,
  importersOf: async () => ['main.ts'],
});

describe('without a model', () => {
  test('documentation where there is some, nothing else', async () => {
    const summary = await summarizeFile(input, dependencies());
    expect(summary.purpose).toEqual({ text: 'Keeps sums.', source: 'doc' });
    expect(summary.importedBy).toEqual(['main.ts']);
    expect(summary.lines.map(({ name, text, source: from }) => [name, text, from])).toEqual([
      ['limit', '', 'none'],
      ['add', 'Adds up.', 'doc'],
      ['small', '', 'none'],
      ['mean', '', 'none'],
    ]);
    expect(summary.cost).toMatchObject({ tokensRead: 0, tokensGenerated: 0, generatedLines: 0 });
  });

  test('only what touches the range', async () => {
    const summary = await summarizeFile({ ...input, range: { startLine: 7, endLine: 10 } }, dependencies());
    expect(summary.lines.map((line) => line.name)).toEqual(['add', 'small']);
  });

  test('a language that the model does not know is not asked about', async () => {
    const model = modelOf();
    await summarizeFile({ ...input, text: 'func f() {\n\n\n\n}\n', languageId: 'go' }, dependencies(model));
    expect(model.prompts).toEqual([]);
  });
});

describe('with a model', () => {
  test('lines are generated, exported ones first, and labelled', async () => {
    const model = modelOf();
    const progress: SummaryProgress[] = [];
    const summary = await summarizeFile(input, dependencies(model), {
      onProgress: (each) => progress.push(each),
    });
    expect(summary.lines[2]).toMatchObject({
      text: 'Returns the share of the total that the limit has.',
      source: 'generated',
    });
    expect(summary.lines[3]).toMatchObject({
      text: 'Divides the total of the values by their count.',
      source: 'generated',
    });
    expect(
      progress.map((each) =>
        each.stage === 'outline'
          ? `outline ${each.toGenerate}`
          : `${each.line.name} ${each.done}/${each.total}`,
      ),
    ).toEqual(['outline 2', 'mean 1/2', 'small 2/2']);
    const first = progress[0];
    expect(
      first?.stage === 'outline' && first.summary.lines.every((line) => line.source !== 'generated'),
    ).toBe(true);
    expect(model.live).toBe(0);
  });

  test('the prompt is the trained format: snippet, code without its indentation, doc', async () => {
    const model = modelOf();
    await summarizeFile({ ...input, text: source.replaceAll('\n', '\r\n') }, dependencies(model));
    const code = source.slice(source.indexOf('export function mean')).trim();
    expect(model.prompts[0]).toEqual([9, code, 7]);
  });

  test('costs are those of the tokens that went through the model', async () => {
    const model = modelOf();
    const { cost } = await summarizeFile(input, dependencies(model));
    const read = model.prompts.reduce(
      (sum, prompt) => sum + model.tokenizer.encode(String(prompt[1])).length + 2,
      0,
    );
    const generated = Object.values(answers).reduce(
      (sum, text) => sum + model.tokenizer.encode(text).length,
      0,
    );
    expect(cost).toMatchObject({ tokensRead: read, tokensGenerated: generated, generatedLines: 2 });
    expect(cost.ms).toBeGreaterThan(0);
  });

  test('a second time costs nothing; an edit costs what it changed', async () => {
    const cache = new MemoryLineCache();
    const model = modelOf();
    const first = await summarizeFile(input, dependencies(model, cache));
    const again = await summarizeFile(input, dependencies(model, cache));
    expect(again.lines).toEqual(first.lines);
    expect(again.cost).toMatchObject({ tokensRead: 0, tokensGenerated: 0, generatedLines: 2 });
    expect(model.prompts).toHaveLength(2);
    await summarizeFile(
      { ...input, text: source.replace('const share', 'const part') },
      dependencies(model, cache),
    );
    expect(model.prompts).toHaveLength(3);
  });

  test('a line that names what does not exist is dropped, and stays dropped', async () => {
    const cache = new MemoryLineCache();
    const model = new FakeModel(() => ({ text: 'Divides the total by `weightOf` the values.' }));
    for (let round = 0; round < 2; round++) {
      const summary = await summarizeFile(input, dependencies(model, cache));
      expect(summary.lines[3]).toMatchObject({ text: '', source: 'none' });
      expect(summary.cost.generatedLines).toBe(0);
    }
    expect(model.prompts).toHaveLength(2);
  });

  test('one sentence for two symbols is shown once', async () => {
    const model = new FakeModel(() => ({ text: 'Returns the total of the values or rows.' }));
    const summary = await summarizeFile(input, dependencies(model));
    expect(summary.lines.filter((line) => line.source === 'generated').map((line) => line.name)).toEqual([
      'mean',
    ]);
  });

  test('a sentence without an end is dropped', async () => {
    const model = new FakeModel(() => ({ text: 'Divides the total', endless: true }));
    const summary = await summarizeFile(input, dependencies(model));
    expect(summary.cost).toMatchObject({ generatedLines: 0, tokensGenerated: 64 });
  });

  test('long code is cut at a line end', async () => {
    const model = modelOf();
    const body = '  values.push(add(values));\n'.repeat(500);
    await summarizeFile(
      { ...input, text: `export function long(values: number[]) {\n${body}}\n` },
      dependencies(model),
    );
    const read = String(model.prompts[0]?.[1]);
    expect(read.length).toBeLessThanOrEqual(1500);
    expect(read.endsWith('values.push(add(values));')).toBe(true);
  });

  test('a notebook’s code is read as its cells show it', async () => {
    const model = modelOf();
    const cell = ['def f(a):\n', '    b = "x"\n', '    c = a + b\n', '    return c'];
    const text = JSON.stringify({ cells: [{ cell_type: 'code', source: cell }] }, null, 1);
    await summarizeFile({ ...input, text, languageId: 'ipynb' }, dependencies(model));
    expect(model.prompts).toEqual([[9, cell.join(''), 7]]);
  });
});

describe('cancelling', () => {
  test('ends at once, releases the state and keeps what was made', async () => {
    const cache = new MemoryLineCache();
    const stop = new AbortController();
    const model = modelOf();
    const onProgress = (each: SummaryProgress) => each.stage === 'line' && stop.abort();
    await expect(
      summarizeFile(input, dependencies(model, cache), { signal: stop.signal, onProgress }),
    ).rejects.toThrow(/abort/i);
    expect(model.prompts).toHaveLength(1);
    expect(model.live).toBe(0);
    await summarizeFile(input, dependencies(model, cache));
    expect(model.prompts).toHaveLength(2);
  });

  test('in the middle of a line keeps nothing of it', async () => {
    const cache = new MemoryLineCache();
    const stop = new AbortController();
    const model = new FakeModel(() => {
      stop.abort();
      return { text: 'Divides the total.' };
    });
    await expect(summarizeFile(input, dependencies(model, cache), { signal: stop.signal })).rejects.toThrow(
      /abort/i,
    );
    expect(model.live).toBe(0);
    const fresh = modelOf();
    await summarizeFile(input, dependencies(fresh, cache));
    expect(fresh.prompts).toHaveLength(2);
  });
});
