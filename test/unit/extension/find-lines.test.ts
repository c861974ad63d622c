import { describe, expect, it } from 'vitest';
import { findLines } from '../../../extension/navigation/find-lines';
import { documentation } from '../../../extension/navigation/documentation';
import { insertion } from '../../../extension/navigation/insertion';

const passage = ['function a() {', '  one();', '', '  two();', '}'];
const stood = { startLine: 2, endLine: 6 };
const at = (startLine: number, endLine: number, text: string) => ({ range: { startLine, endLine }, text });

describe('findLines', () => {
  it('finds lines where they stood, and where edits above have moved them', () => {
    expect(findLines(['x', 'y', ...passage, 'z'], passage, stood)).toEqual(at(2, 6, 'same'));
    expect(findLines(['new', 'x', 'y', ...passage], passage, stood)).toEqual(at(3, 7, 'same'));
    expect(findLines([...passage, 'x'], passage, stood)).toEqual(at(0, 4, 'same'));
  });

  it('takes the nearest of the same lines', () => {
    expect(findLines([...passage, ...passage, ...passage], passage, { startLine: 6, endLine: 10 })).toEqual(
      at(5, 9, 'same'),
    );
  });

  it('follows edits within', () => {
    const grown = ['x', 'y', passage[0]!, '  one();', '  more();', '  more();', '', '  two();', '}'];
    expect(findLines(grown, passage, stood)).toEqual(at(2, 8, 'changed'));
    const renamed = ['x', 'function b() {', '  one();', '', '  two();', '}'];
    expect(findLines(renamed, passage, stood)).toEqual(at(1, 5, 'changed'));
    const shrunk = ['x', 'y', passage[0]!, '  two();', '}'];
    expect(findLines(shrunk, passage, stood)).toEqual(at(2, 4, 'changed'));
  });

  it('says when too little is left, within the file as it is', () => {
    expect(findLines(['x', '}', 'y'], passage, stood)).toEqual(at(2, 2, 'gone'));
    expect(findLines([''], passage, stood)).toEqual(at(0, 0, 'gone'));
  });
});

describe('insertion', () => {
  it('takes the shared indentation off, and puts on that of the cursor', () => {
    expect(insertion('    a {\n      b;\n\n    }\n', '  ')).toBe('a {\n    b;\n\n  }');
    expect(insertion('a\r\n\tb', '')).toBe('a\n\tb');
    expect(insertion('', '  ')).toBe('');
  });
});

describe('documentation', () => {
  it('stands above the code, in the language of its comments', () => {
    const lines = ['  async put() {', '    return 1;', '  }'];
    expect(documentation('Puts it.', 'typescript', lines)).toEqual({
      before: 0,
      text: '  /** Puts it. */\n',
    });
    expect(documentation('Ends */ it.', 'java', ['f() {'])?.text).toBe('/** Ends * / it. */\n');
    expect(documentation('Puts it.', 'go', ['func Put() {'])?.text).toBe('// Puts it.\n');
    expect(documentation('Puts it.', 'plaintext', lines)).toBeUndefined();
    expect(documentation('Puts it.', 'toString', lines)).toBeUndefined();
  });

  it('stands inside in Python, below the signature', () => {
    const lines = ['@cached', 'def put(', '    key,', '):  # as it is', '    return key'];
    expect(documentation('Puts it.', 'python', lines)).toEqual({ before: 4, text: '    """Puts it."""\n' });
    expect(documentation('Puts it.', 'python', ['x = 1'])).toBeUndefined();
  });
});
