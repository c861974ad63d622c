/**
 * Questions with known answers out of a repository's own documentation: the first sentence of what documents a
 * function, method or class asks for it, in a copy of the repository that no longer holds that documentation.
 */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { seededRandom } from '../models/seeded-random';
import { UserError } from '../protocol/errors';
import { createPathRules, readTextFile, relativeTo, walk } from '../retrieval';
import { isTestPath } from '../retrieval/ranking';
import { documentedSymbols, languageIdOf } from '../syntax';
import { questionOf } from './doc-question';
import type { RetrievalQuestion } from './retrieval-score';
import { stripDocumentation } from './strip-documentation';

export interface MakeRetrievalOptions {
  /** The repository; only what its ignore rules include is copied. */
  root: string;
  /** Gets `repo` and `questions.jsonl`; new or empty. */
  out: string;
  /** At most so many questions. */
  count: number;
  seed: number;
  signal?: AbortSignal;
}

/** @throws UserError where `out` is not empty or lies in `root` */
export async function makeRetrieval(
  options: MakeRetrievalOptions,
): Promise<{ questions: number; documented: number; files: number }> {
  const { root, out, count, seed, signal } = options;
  await checkPlace(root, out);
  const candidates: RetrievalQuestion[] = [];
  const texts: string[] = [];
  let documented = 0;
  for await (const { relative, skipped } of walk(createPathRules(root), { signal })) {
    if (skipped) continue;
    const read = await readTextFile(path.join(root, relative));
    if ('skipped' in read) continue;
    const { text, symbols } = await documentedSymbols(read.text, languageIdOf(relative));
    const stripped = stripDocumentation(text, symbols);
    const copy = path.join(out, 'repo', relative);
    await mkdir(path.dirname(copy), { recursive: true });
    await writeFile(copy, stripped.text);
    texts.push(stripped.text);
    documented += symbols.length;
    // Nobody asks where a test is; its documentation goes all the same.
    if (isTestPath(relative)) continue;
    for (const [at, symbol] of symbols.entries()) {
      if (!symbol.formal) continue;
      const question = questionOf(symbol.doc, symbol.name, symbol.enclosing);
      const { startLine, endLine } = stripped.ranges[at]!;
      if (question)
        candidates.push({ question, path: relative, startLine: startLine + 1, endLine: endLine + 1 });
    }
  }
  const chosen = shuffled(answerable(candidates, texts), seed).slice(0, count).sort(byPlace);
  const lines = chosen.map((question) => `${JSON.stringify(question)}\n`).join('');
  await mkdir(out, { recursive: true });
  await writeFile(path.join(out, 'questions.jsonl'), lines);
  return { questions: chosen.length, documented, files: texts.length };
}

/** Without sentences that document several things, and those that still stand somewhere in the copy. */
function answerable(candidates: readonly RetrievalQuestion[], texts: readonly string[]): RetrievalQuestion[] {
  const times = new Map<string, number>();
  for (const { question } of candidates) times.set(question, (times.get(question) ?? 0) + 1);
  const all = texts.map(comparable).join('\n');
  return candidates.filter(
    ({ question }) => times.get(question) === 1 && !all.includes(comparable(question).replace(/[.!?]$/, '')),
  );
}

const comparable = (text: string) => text.toLowerCase().replace(/\s+/g, ' ');

function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = seededRandom(seed);
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

const byPlace = (a: RetrievalQuestion, b: RetrievalQuestion) =>
  a.path < b.path ? -1 : a.path > b.path ? 1 : a.startLine - b.startLine;

async function checkPlace(root: string, out: string): Promise<void> {
  if (relativeTo(root, out) !== undefined)
    throw new UserError(`${out} lies in ${root}: the copy would hold itself. Name a folder elsewhere.`);
  const there = await readdir(out).catch(() => []);
  if (there.length > 0) throw new UserError(`${out} is not empty. Name a new folder, or empty it.`);
}
