/** Licences under which others' work may be shipped with Longview, and how a package's own is found. */
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';

const permissive = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Unlicense',
  'Zlib',
]);

/** True for a permissive SPDX identifier, a choice (OR) that has one, or a combination (AND) of nothing else. */
export function isPermissive(expression) {
  if (typeof expression !== 'string') return false;
  const plain = expression.replace(/[()]/g, ' ').trim();
  if (/\bOR\b/.test(plain)) return plain.split(/\bOR\b/).some(isPermissive);
  if (/\bAND\b/.test(plain)) return plain.split(/\bAND\b/).every(isPermissive);
  return permissive.has(plain);
}

/**
 * Reads what a package says of its own licence.
 * @returns {Promise<{name, version, licence, source, texts: string[]}>} throws where the licence is unknown or not permissive.
 */
export async function packageLicence(folder) {
  const { name, version, license, author, repository } = JSON.parse(
    await readFile(path.join(folder, 'package.json'), 'utf8'),
  );
  if (!isPermissive(license))
    throw new Error(
      `${name} ${version}: the licence ${JSON.stringify(license)} is unknown or not permissive; it may not be shipped.`,
    );
  const texts = await licenceTexts(folder);
  if (texts.length === 0) texts.push(declaredText(license, holder(author, name)));
  return { name, version, licence: license, source: sourceOf(repository), texts };
}

/** The licence comes first, notices of what a package has taken in itself after it. */
async function licenceTexts(folder) {
  const names = existsSync(folder) ? (await readdir(folder)).sort() : [];
  const licences = names.filter((name) => /^(licen[cs]e|copying)/i.test(name));
  const notices = names.filter((name) =>
    /^(notices?|third-?party-?notices?|acknowledgements?)\b/i.test(name),
  );
  return Promise.all(
    [...licences, ...notices].map(async (name) => clean(await readFile(path.join(folder, name), 'utf8'))),
  );
}

/** Line ends and trailing spaces are made one kind, so that the result is the same on every machine. */
function clean(text) {
  return text
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .replace(/[ \t]+$/gm, '')
    .trim();
}

function declaredText(licence, copyright) {
  if (licence !== 'MIT')
    throw new Error(`${copyright}: the package holds no licence file, and its licence ${licence} needs one.`);
  return `(The package holds no licence file; this is the text of the licence that it declares.)\n\n${mit(`Copyright (c) ${copyright}`)}`;
}

function holder(author, name) {
  const written = typeof author === 'string' ? author : author?.name;
  return written?.replace(/\s*[<(].*$/, '') ?? `the authors of ${name}`;
}

function sourceOf(repository) {
  const url = typeof repository === 'string' ? repository : repository?.url;
  return url
    ?.replace(/^git\+/, '')
    .replace(/\.git$/, '')
    .replace(/^git:/, 'https:');
}

/** @param {string} copyright one or more lines. */
export function mit(copyright) {
  return `MIT License

${copyright}

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.`;
}
