import { beforeAll, describe, expect, it } from 'vitest';
import { soundEnd } from '../../../runtime/syntax/sound-end';
import { openTestGrammars } from '../retrieval/grammars';

beforeAll(openTestGrammars);

/** `|` is the cursor. */
function end(document: string, text: string, language = 'typescript') {
  const [before, after] = document.split('|') as [string, string];
  return soundEnd(before, text, after, language);
}

describe('the end that the grammar allows', () => {
  it('is that of a text which holds together', async () => {
    const text = 'return a.map((x) => {\n    return x;\n  });';
    expect(await end('function f(a) {\n  |\n}\n', text)).toBe(text);
  });

  it('is before a statement that was not finished', async () => {
    const text = 'const a = 1;\n  const b = [\n    1,';
    expect(await end('function f() {\n  |\n  return a;\n}\n', text)).toBe('const a = 1;');
  });

  it('is before a bracket that closes what stays open below', async () => {
    expect(await end('function f() {\n  |\n}\nf();\n', 'g();\n  h();\n}')).toBe('g();\n  h();');
  });

  it('is the whole where no end is better', async () => {
    const text = 'if (a) {\n    b();';
    expect(await end('function f() {\n  |', text)).toBe(text);
    expect(await end('class {{{ broken(\n  |\n', 'a();\n  b();')).toBe('a();\n  b();');
  });

  it('is the whole where there is no grammar', async () => {
    expect(await end('a {\n|\n}', 'b {\nc', 'plaintext')).toBe('b {\nc');
  });

  it('keeps blocks that Python closes by indentation', async () => {
    const text = 'for x in a:\n        yield x\n    return';
    expect(await end('def f(a):\n    |\n\n\ndef g():\n    pass\n', text, 'python')).toBe(text);
    const open = 'b = 1\n    c = foo(1,\n            2,';
    expect(await end('def f(a):\n    |\n    return c\n', open, 'python')).toBe('b = 1');
  });
});
