/** Comments as prose: marks, tags, directives, licences and commented-out code taken away. */

/** Lines that speak to tools, not to readers. */
const directive =
  /^(?:eslint|tslint|jshint|jslint|prettier-ignore|istanbul|c8 ignore|v8 ignore|biome-ignore|deno-lint|@?ts-(?:ignore|nocheck|check|expect-error)|@flow|@jsx|@vitest|@jest|\$Flow|globals? |exported |use strict|#?(?:end)?region\b|<reference|sourceMappingURL|=+\s*$|-\*-|vim?:|ex:|coding[:=]|pylint|pyright|type:\s*ignore|mypy|noqa|flake8|fmt:|yapf|isort|ruff|nosec|pragma|go:\w|\+build|nolint|rustfmt|clang-format|NOLINT|NOSONAR|rubocop|frozen_string_literal|encoding:|phpcs|phpstan|psalm|checkstyle|ReSharper|!\/|!\s*\/usr)/i;
const task = /^(?:TODO|FIXME|XXX|HACK)\b/;
/** Lines drawn, not written. */
const ornament = /^[\s\-=_*#~+/\\|.<>─━═]*$/;
/** JSDoc tags whose own text is prose about the thing. */
const proseTag = /^@(?:description|desc|summary|file|fileoverview|overview|brief|remarks)\b\s*/;
const anyTag = /^[@\\][a-zA-Z][\w-]*/;

const licenceStrong =
  /\bcopyright\b|©|\(c\)\s*\d{4}|SPDX-|\blicen[cs]ed\b|all rights reserved|permission is hereby granted|\b(?:MIT|BSD|ISC|Apache|Mozilla|GNU)\b[^.]{0,40}\bLicen[cs]e\b|source code is governed/i;
const licenceWeak =
  /\blicen[cs]es?\b|\bwarrant(?:y|ies)\b|redistribut|"?as is"?\b|\bpermission\b|\bliab(?:le|ility)\b|\bdistributed\b|^\s*authors?\b|LICENSE/i;

/** What a comment (the texts of its nodes, one after the other) says in prose; undefined when that is nothing. */
export function commentProse(comments: readonly string[]): string | undefined {
  const kept: string[] = [];
  for (const comment of comments) {
    const lines = commentLines(comment);
    kept.push(...(isBlockComment(comment) ? withoutTags(lines) : lines));
  }
  const isCode = comments.every((comment) => !isDocComment(comment)) && looksLikeCode(kept);
  return isCode ? undefined : tidy(withoutDirectives(kept));
}

/** The prose of a file's first comments: licence and copyright paragraphs left out. */
export function withoutLicence(prose: string): string | undefined {
  if (!licenceStrong.test(prose)) return prose;
  const rest = prose
    .split(/\n\s*\n/)
    .filter((paragraph) => !licenceStrong.test(paragraph) && !licenceWeak.test(paragraph));
  return tidy(rest.join('\n\n').split('\n'));
}

/** The comment says that it documents the file. */
export function isFileComment(comment: string): boolean {
  return (
    isDocComment(comment) && /@(?:file|fileoverview|overview|packageDocumentation|module)\b/.test(comment)
  );
}

export function isBlockComment(comment: string): boolean {
  return comment.startsWith('/*') || comment.startsWith('=begin');
}

/** Marked as documentation: `/**`, `///`, `//!`, `#:`. */
export function isDocComment(comment: string): boolean {
  return /^(?:\/\*[*!]|\/\/[/!]|#:)/.test(comment);
}

/** A comment's lines without their marks. */
function commentLines(comment: string): string[] {
  // Rust's grammar ends a line comment after its line end.
  comment = comment.trimEnd();
  if (comment.startsWith('=begin')) return comment.split('\n').slice(1, -1);
  if (isBlockComment(comment)) {
    const inner = comment.replace(/^\/\*[*!]*/, '').replace(/\**\/\s*$/, '');
    return dedent(inner.split('\n').map((line) => line.replace(/^\s*\*(?!\*) ?/, '').trimEnd()));
  }
  return comment.split('\n').map((line) => line.replace(/^\s*(?:\/\/[/!]?|#[:!]?|--|;+) ?/, '').trimEnd());
}

/** JSDoc and doxygen tags away with what they say, but for those that hold prose. */
function withoutTags(lines: readonly string[]): string[] {
  const kept: string[] = [];
  let keep = true;
  let fenced = false;
  for (const line of lines) {
    const text = line.trim();
    if (text.startsWith('```')) fenced = !fenced;
    if (!fenced && anyTag.test(text)) {
      keep = proseTag.test(text);
      if (keep) kept.push(text.replace(proseTag, ''));
    } else if (keep) kept.push(line);
  }
  return kept;
}

function withoutDirectives(lines: readonly string[]): string[] {
  const kept: string[] = [];
  let inTask = false;
  for (const line of lines) {
    const text = line.trim();
    inTask = text !== '' && (inTask || task.test(text));
    if (!inTask && !directive.test(text)) kept.push(ornament.test(text) ? '' : line);
  }
  return kept;
}

function looksLikeCode(lines: readonly string[]): boolean {
  const written = lines.map((line) => line.trim()).filter((line) => line !== '');
  const code = written.filter((line) =>
    /[;{}]$|^[})\]]|=>|^(?:const|let|var|import|from|return|def|self\.|if \(|for \(|while \(|print\()\b|^[\w.]+\s*[+-]?=\s|^[\w.]+\(.*\)$/.test(
      line,
    ),
  );
  return written.length > 0 && code.length * 2 > written.length;
}

/** Common indentation away; the first line, which follows the opening mark, aside. */
export function dedent(lines: readonly string[]): string[] {
  const rest = lines.slice(1).filter((line) => line.trim() !== '');
  const common = Math.min(...rest.map((line) => line.length - line.trimStart().length), 200);
  return lines.map((line, index) => (index === 0 ? line.trim() : line.slice(common).trimEnd()));
}

function tidy(lines: readonly string[]): string | undefined {
  const text = lines
    .join('\n')
    .replace(
      /\{@\w+\s+([^}|]*?)(?:[|\s]([^}]*))?\}/g,
      (_all, target: string, label?: string) => label?.trim() || target,
    )
    .replace(
      /<(?:see|seealso|paramref|typeparamref)\s+(?:cref|name|langword)="(?:\w:)?([^"]*)"\s*\/?>/g,
      '$1',
    )
    .replace(/<\/?(?:summary|para|remarks|see|c|code|p|b|i|em|tt|br)\b[^>]*>/gi, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  return /\p{L}/u.test(text) ? text : undefined;
}
