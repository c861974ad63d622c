/** Where a written text ends best, by the grammar of what it is written into. */
import type { Tree } from 'web-tree-sitter';
import { parse } from './grammars';

/** Of the text on either side, in UTF-16 units, from the start of a top-level line on: enough to know what is open. */
const unitsBefore = 12_000;
const unitsAfter = 4_000;

/** With more errors around it than the one that an open block makes, a text says little by those that it adds. */
const mostErrorsAround = 1;

/**
 * `text` less the last lines that break the syntax of the whole, where it holds together without them. The whole text where its
 * surroundings are broken themselves, where no end is sound, and where there is no grammar.
 * @param text more than a line, with LF
 */
export async function soundEnd(
  before: string,
  text: string,
  after: string,
  languageId: string,
): Promise<string> {
  const head = before.slice(topLevelStart(before));
  const tail = after.slice(0, unitsAfter);
  const around = await errorsIn(head + tail, languageId);
  if (around === undefined || around > mostErrorsAround) return text;
  for (let end = text.length; end > 0; end = text.lastIndexOf('\n', end - 1)) {
    const part = text.slice(0, end);
    const errors = await errorsIn(head + part + tail, languageId);
    if (errors !== undefined && errors <= around) return part.trimEnd();
  }
  return text;
}

/** The last place within bounds where a line begins at the margin with a name or keyword. */
function topLevelStart(before: string): number {
  const from = Math.max(0, before.length - unitsBefore);
  const lines = [...before.slice(from).matchAll(/^[\p{L}_@]/gmu)];
  // A definition that stands at the margin may have been begun on an earlier line: `@decorator`, `export default`.
  const at = lines.at(-1)?.index;
  return from === 0 && lines.length < 2 ? 0 : from + (at ?? 0);
}

async function errorsIn(text: string, languageId: string): Promise<number | undefined> {
  const tree = await parse(text, languageId);
  if (!tree) return undefined;
  try {
    return tree.rootNode.hasError ? countErrors(tree) : 0;
  } finally {
    tree.delete();
  }
}

/** Pieces that fit no rule, and signs that are missing. */
function countErrors(tree: Tree): number {
  const cursor = tree.walk();
  let errors = 0;
  for (let done = false; !done;) {
    const { currentNode: node } = cursor;
    if (node.isError || node.isMissing) errors++;
    // Only where there is something wrong below.
    if (node.hasError && cursor.gotoFirstChild()) continue;
    while (!cursor.gotoNextSibling()) {
      if (!cursor.gotoParent()) {
        done = true;
        break;
      }
    }
  }
  cursor.delete();
  return errors;
}
