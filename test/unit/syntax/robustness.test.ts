import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { OutlineSymbol } from '../../../runtime/protocol/outline';
import { languageIdOf, openGrammars, outlineOf } from '../../../runtime/syntax';
import { grammarsFolder } from './grammars-folder';

const golden = path.resolve(import.meta.dirname, '../../golden/outline');
const samples = readdirSync(golden)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => ({
    id: languageIdOf(name.replace(/\.txt$/, '')),
    text: readFileSync(path.join(golden, name), 'utf8'),
  }));
const languages = [...samples.map((sample) => sample.id), 'plaintext'];

beforeAll(() => openGrammars(grammarsFolder));

/** Every line of every symbol lies in the file and in its parent, and every name and signature says something. */
function expectSound(symbols: readonly OutlineSymbol[], first: number, last: number): void {
  for (const symbol of symbols) {
    expect(symbol.range.startLine).toBeGreaterThanOrEqual(first);
    expect(symbol.range.endLine).toBeLessThanOrEqual(last);
    expect(symbol.nameLine).toBeGreaterThanOrEqual(symbol.range.startLine);
    expect(symbol.nameLine).toBeLessThanOrEqual(symbol.range.endLine);
    expect(symbol.signature).not.toMatch(/\n/);
    expect(symbol.signature.length).toBeLessThanOrEqual(240);
    expectSound(symbol.children, symbol.range.startLine, symbol.range.endLine);
  }
}

async function outlined(text: string, id: string) {
  const outline = await outlineOf(text, id);
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/);
  expect(outline.lineCount).toBe(lines.at(-1) === '' ? lines.length - 1 : lines.length);
  expectSound(outline.symbols, 0, Math.max(0, outline.lineCount - 1));
  return outline;
}

describe('any text has an outline', () => {
  test.each(['', '\n', '\ufeff', '\0', 'class A {\0}', '\ud800 def x(): pass', '\r\r\n\r', '}'.repeat(500)])(
    '%j',
    async (text) => {
      for (const id of languages) await outlined(text, id);
    },
  );

  test('files cut anywhere', async () => {
    const cut = fc.record({ sample: fc.constantFrom(...samples), from: fc.nat(1500), length: fc.nat(1500) });
    await fc.assert(
      fc.asyncProperty(cut, async ({ sample, from, length }) => {
        await outlined(sample.text.slice(from, from + length), sample.id);
      }),
      { numRuns: 150 },
    );
  });

  test('files with anything put in, lines ended in any way', async () => {
    const broken = fc.record({
      sample: fc.constantFrom(...samples),
      at: fc.nat(1500),
      extra: fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('\0', '\ud83d', '"""', '/*', '`${', '{{{{', ')))', '<<<<<<< HEAD\n'),
      ),
      end: fc.constantFrom('\n', '\r\n', '\r'),
    });
    await fc.assert(
      fc.asyncProperty(broken, async ({ sample, at, extra, end }) => {
        const text = sample.text.slice(0, at) + extra + sample.text.slice(at);
        await outlined(text.replaceAll('\n', end), sample.id);
      }),
      { numRuns: 150 },
    );
  });

  test('a language read as another', async () => {
    for (const sample of samples) for (const id of languages) await outlined(sample.text, id);
  });
});

describe('large and hostile files', () => {
  test('one line of a million characters', async () => {
    const outline = await outlined(`const data = [${'"abcdefgh",'.repeat(90_000)}];`, 'javascript');
    expect(outline.symbols.map((symbol) => symbol.signature)).toEqual(['const data = …']);
  });

  test('brackets nested a hundred thousand deep', async () => {
    for (const id of ['typescript', 'python', 'cpp', 'json', 'rust']) await outlined('('.repeat(100_000), id);
    for (const id of ['typescript', 'json', 'ipynb']) await outlined('[{"a":'.repeat(50_000), id);
  });

  test('blocks nested deeper than the walk goes', async () => {
    const text = `${'if (a) {\n'.repeat(300)}function f() {}\n${'}\n'.repeat(300)}function g() {}\n`;
    const outline = await outlined(text, 'javascript');
    expect(outline.symbols.map((symbol) => symbol.name)).toEqual(['g']);
  });

  test('a file beyond the parser’s limit is outlined by indentation', async () => {
    const outline = await outlined(
      `function first() {\n}\n${'// padding padding padding\n'.repeat(200_000)}`,
      'typescript',
    );
    expect(outline.approximate).toBe(true);
    expect(outline.symbols.map((symbol) => symbol.name)).toEqual(['first']);
  });

  test('text after a failed parse is parsed anew', async () => {
    await outlined('('.repeat(100_000), 'typescript');
    const outline = await outlined('export const a = 1;\n', 'typescript');
    expect(outline.symbols.map((symbol) => symbol.name)).toEqual(['a']);
  });
});
