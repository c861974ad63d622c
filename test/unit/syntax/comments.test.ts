import { describe, expect, test } from 'vitest';
import { commentProse, withoutLicence } from '../../../runtime/syntax/comments';

describe('commentProse', () => {
  test.each([
    [
      'a JSDoc block',
      ['/**\n * Reads a file.\n * @param path which\n *   one\n * @returns text\n */'],
      'Reads a file.',
    ],
    ['tags that hold prose', ['/**\n * @since 1\n * @description Reads a file.\n */'], 'Reads a file.'],
    [
      'inline links',
      ['/** See {@link Reader}, {@link a.b the other} and {@code x}. */'],
      'See Reader, the other and x.',
    ],
    ['line comments', ['// Reads a file.', '// Then another.'], 'Reads a file.\nThen another.'],
    ['hash comments', ['#: Limit of all.'], 'Limit of all.'],
    ['an e-mail is no tag', ['/** Ask me@example.org first. */'], 'Ask me@example.org first.'],
    [
      'XML documentation',
      ['/// <summary>', '/// Reads <see cref="T:A.B"/>.', '/// </summary>'],
      'Reads A.B.',
    ],
    ['drawn lines', ['// ------', '// Reading', '// ------'], 'Reading'],
    [
      'a list in a block keeps its lines',
      ['/*\n * Kinds:\n *  - one\n *  - two\n */'],
      'Kinds:\n - one\n - two',
    ],
  ])('%s', (_what, comments, prose) => {
    expect(commentProse(comments)).toBe(prose);
  });

  test.each([
    ['directives', ['// eslint-disable-next-line no-eval']],
    ['directives in a block', ['/* istanbul ignore next */']],
    ['a task', ['// TODO: write', '// this down']],
    ['code', ['// const a = 1;', '// run(a);']],
    ['ornament', ['// ===========']],
    ['tags alone', ['/** @internal */']],
    ['nothing', ['//', '/**/']],
  ])('%s say nothing', (_what, comments) => {
    expect(commentProse(comments)).toBeUndefined();
  });
});

describe('withoutLicence', () => {
  test('drops the licence and keeps the rest', () => {
    const text =
      'Copyright 2020 Someone\nLicensed under the MIT License.\n\nReads files.\n\nTHE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY';
    expect(withoutLicence(text)).toBe('Reads files.');
  });

  test('nothing is left of a licence', () => {
    expect(withoutLicence('Copyright (c) Someone. All rights reserved.')).toBeUndefined();
  });

  test('a file about licences keeps its documentation', () => {
    expect(withoutLicence('Checks the licenses of packages.')).toBe('Checks the licenses of packages.');
  });
});
