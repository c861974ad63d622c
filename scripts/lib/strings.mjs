/** The English sentences that the extension and its panel can say, found in the sources: the keys of every translation. */
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import ts from 'typescript';
import { root } from './paths.mjs';

/** Where the translator is called; what it translates may stand nowhere else. */
const folders = ['extension', 'webview', 'runtime/completion'];

/** As the editor loads it for English, and as translators start from: each sentence by itself, sorted. */
export async function stringsBundle() {
  const found = new Set();
  for (const file of await sources()) {
    const text = await readFile(path.join(root, file), 'utf8');
    for (const sentence of translated(file, text)) found.add(sentence);
  }
  const sorted = [...found].sort((a, b) => (a < b ? -1 : 1));
  return `${JSON.stringify(Object.fromEntries(sorted.map((sentence) => [sentence, sentence])), undefined, 2)}\n`;
}

async function sources() {
  const names = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(path.join(root, folder), { recursive: true })).map((name) => path.join(folder, name)),
    ),
  );
  return names.flat().filter((name) => name.endsWith('.ts'));
}

/**
 * The sentences of all calls of `t` and `l10n.t` in a source.
 * @throws Error that names the place of a call whose sentence is made up at run time, or lacks an argument
 */
export function translated(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const sentences = [];
  const visit = (node) => {
    if (ts.isCallExpression(node) && isTranslator(node.expression)) sentences.push(sentenceOf(node, source));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return sentences;
}

function isTranslator(callee) {
  if (ts.isIdentifier(callee)) return callee.text === 't';
  return (
    ts.isPropertyAccessExpression(callee) &&
    callee.name.text === 't' &&
    /(^|\.)l10n$/.test(callee.expression.getText())
  );
}

function sentenceOf(call, source) {
  const [message, ...values] = call.arguments;
  const place = `${source.fileName}:${source.getLineAndCharacterOfPosition(call.getStart()).line + 1}`;
  if (!message || !ts.isStringLiteralLike(message))
    throw new Error(`${place}: the sentence must stand there as it is, or nobody can translate it.`);
  const wanted = [...message.text.matchAll(/\{(\d+)\}/g)].map(([, index]) => Number(index) + 1);
  if (Math.max(0, ...wanted) !== values.length)
    throw new Error(
      `${place}: "${message.text}" takes ${Math.max(0, ...wanted)} values and gets ${values.length}.`,
    );
  return message.text;
}
