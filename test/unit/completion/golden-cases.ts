import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/**
 * One case of `test/golden/completion/<topic>/<case>.txt`: sections headed `=== name`. `█` is the cursor;
 * `⟦ ⟧` hold what accepting inserts, so that the document after accepting shows what was replaced as well.
 */
export interface GoldenCase {
  name: string;
  before: string;
  after: string;
  modelWrites: string;
  accepted?: string;
  droppedBy?: string;
}

export function goldenCases(): GoldenCase[] {
  const folder = join(import.meta.dirname, '../../golden/completion');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.txt'))
    .sort()
    .map((name) =>
      parse(relative('.', name).replace(/\.txt$/, ''), readFileSync(join(folder, name), 'utf8')),
    );
}

function parse(name: string, text: string): GoldenCase {
  const sections = new Map<string, string>();
  for (const [, title, body] of text.matchAll(/^=== (.*)\n([\s\S]*?)\n(?==== |$(?![\s\S]))/gm))
    sections.set(title!, body!);
  const document = sections.get('document');
  const cursor = document?.indexOf('█') ?? -1;
  const modelWrites = sections.get('the model writes');
  if (document === undefined || cursor < 0 || modelWrites === undefined)
    throw new Error(`${name}: not a golden case`);
  return {
    name,
    before: document.slice(0, cursor),
    after: document.slice(cursor + 1),
    modelWrites,
    accepted: sections.get('accepted'),
    droppedBy: sections.get('dropped by'),
  };
}
