import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { firstSentence, questionOf } from '../../../runtime/evaluation/doc-question';
import { makeRetrieval } from '../../../runtime/evaluation/make-retrieval';
import { parseQuestions } from '../../../runtime/evaluation/retrieval-score';
import { stripDocumentation } from '../../../runtime/evaluation/strip-documentation';
import { documentedSymbols } from '../../../runtime/syntax';
import { openTestGrammars } from '../retrieval/grammars';
import { tempFolder } from '../retrieval/temp-folder';

beforeAll(openTestGrammars);

const python = `class Shape:
    """Anything with an area that can be measured."""

    def area(self):
        """Measure the surface in square metres.

        More about it.
        """
        # Not documentation.
        return self.w * self.h

    def empty(self):
        """Does nothing at all, on purpose."""
`;
const typescript = `import { a } from './a';

/**
 * Signs the value with the secret of the server.
 * @param value what is signed
 */
@sealed
export class Cookie {
  /** Whether a visitor may see it. */ visible(): boolean { return true; }

  // A remark, not documentation of any kind.
  sign(value: string) {
    return a(value); // stays
  }
}
`;

async function strip(text: string, language: string) {
  const documented = await documentedSymbols(text, language);
  return { ...documented, stripped: stripDocumentation(documented.text, documented.symbols) };
}

describe('stripDocumentation', () => {
  it('takes docstrings away, keeps bodies whole and knows the new lines', async () => {
    const { symbols, stripped } = await strip(python, 'python');
    expect(stripped.text).toBe(
      'class Shape:\n\n    def area(self):\n        # Not documentation.\n        return self.w * self.h\n\n' +
        '    def empty(self):\n        pass\n',
    );
    expect(symbols.map(({ name }, at) => ({ name, ...stripped.ranges[at] }))).toEqual([
      { name: 'Shape', startLine: 0, endLine: 7 },
      { name: 'area', startLine: 2, endLine: 4 },
      { name: 'empty', startLine: 6, endLine: 7 },
    ]);
  });

  it('takes comments above a symbol and its decorators away, on lines of their own or not', async () => {
    const { symbols, stripped } = await strip(typescript.replaceAll('\n', '\r\n'), 'typescript');
    expect(stripped.text).toBe(
      "import { a } from './a';\n\n@sealed\nexport class Cookie {\n   visible(): boolean { return true; }\n\n" +
        '  sign(value: string) {\n    return a(value); // stays\n  }\n}\n',
    );
    expect(symbols.map(({ name, formal }, at) => ({ name, formal, ...stripped.ranges[at] }))).toEqual([
      { name: 'Cookie', formal: true, startLine: 2, endLine: 9 },
      { name: 'visible', formal: true, startLine: 4, endLine: 4 },
      { name: 'sign', formal: false, startLine: 6, endLine: 8 },
    ]);
  });

  it('leaves a text without documentation as it is', async () => {
    for (const [text, language] of [
      ['x = 1\n', 'python'],
      ['', 'typescript'],
      ['"""Doc of nothing."""', 'plaintext'],
    ]) {
      expect((await strip(text!, language!)).stripped).toEqual({ text, ranges: [] });
    }
  });
});

describe('questionOf', () => {
  it('asks the first sentence without marks', () => {
    expect(firstSentence('Reads :class:`~a.b.File` objects, e.g. `x.ts`. Then more.\n\nAnd more.')).toBe(
      'Reads a.b.File objects, e.g. x.ts.',
    );
    expect(questionOf('Signs the value with a secret.', 'sign', [])).toBe('Signs the value with a secret.');
  });

  it.each([
    ['Signs it well', 'sign', [], 'three words'],
    ['The list of the user names.', 'listUserNames', [], 'restates the name'],
    ['Return the size of a shape.', 'size', ['Shape', 'return'], 'restates the names around it'],
    ['What signCookie returns to its caller.', 'signCookie', [], 'names it'],
    ['.get() takes a key and answers.', 'get', [], 'shows a call of it'],
    ['Deprecated: use the other function instead.', 'old', [], 'is not about it'],
  ])('does not ask %j of %s: %s', (doc, name, enclosing) => {
    expect(questionOf(doc, name, enclosing as string[])).toBeUndefined();
  });
});

describe('makeRetrieval', () => {
  const files = {
    'src/shapes.py': python,
    'src/cookie.ts': typescript,
    'tests/test_shapes.py':
      'def helper():\n    """Makes a shape that nobody has seen before."""\n    return 1\n',
    'src/twice.py':
      'def a():\n    """Said of two functions at once."""\n    return 1\n\ndef b():\n    """Said of two functions at once."""\n    return 2\n',
    'README.md': 'It can measure the surface in square metres.\n',
    '.gitignore': 'private.py\n',
    'private.py': 'def secret():\n    """A function that nobody may see."""\n    return 1\n',
  };

  it('writes a copy without the documentation and questions whose lines hold the symbol', async () => {
    const [root, out] = [tempFolder(files), path.join(tempFolder(), 'out')];
    const made = await makeRetrieval({ root, out, count: 100, seed: 1 });
    const text = readFileSync(path.join(out, 'questions.jsonl'), 'utf8');
    const questions = parseQuestions(text, 'q');
    expect(questions.map(({ question }) => question)).toEqual([
      'Signs the value with the secret of the server.',
      'Whether a visitor may see it.',
      'Anything with an area that can be measured.',
      'Does nothing at all, on purpose.',
    ]);
    expect(made).toEqual({ questions: 4, documented: 9, files: 6 });
    const wanted = questions[3]!;
    const lines = readFileSync(path.join(out, 'repo', wanted.path), 'utf8').split('\n');
    expect(lines[wanted.startLine - 1]).toBe('    def empty(self):');
    expect(existsSync(path.join(out, 'repo/private.py'))).toBe(false);

    const again = path.join(tempFolder(), 'out');
    await makeRetrieval({ root, out: again, count: 2, seed: 1 });
    const few = readFileSync(path.join(again, 'questions.jsonl'), 'utf8');
    expect(few.trim().split('\n')).toHaveLength(2);
    for (const line of few.trim().split('\n')) expect(text).toContain(line);
  });

  it('writes neither into what it copies nor over what is there', async () => {
    const root = tempFolder(files);
    const make = (out: string) => makeRetrieval({ root, out, count: 1, seed: 1 });
    await expect(make(path.join(root, 'out'))).rejects.toThrow(/lies in/);
    await expect(make(tempFolder({ a: '' }))).rejects.toThrow(/not empty/);
  });
});
