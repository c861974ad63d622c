import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { languageIdOf, openGrammars, outlineOf } from '../../../runtime/syntax';
import { grammarsFolder } from './grammars-folder';
import { outlineText } from './outline-text';

/** `NAME.EXT.txt` is a source file, `NAME.outline` what its outline must be (`vitest -u` writes it). */
const folder = path.resolve(import.meta.dirname, '../../golden/outline');
const sources = readdirSync(folder).filter((name) => name.endsWith('.txt'));

beforeAll(() => openGrammars(grammarsFolder));

describe('outlines of whole files', () => {
  test.each(sources)('%s', async (name) => {
    const text = readFileSync(path.join(folder, name), 'utf8');
    const outline = await outlineOf(text, languageIdOf(name.replace(/\.txt$/, '')));
    await expect(outlineText(outline)).toMatchFileSnapshot(
      path.join(folder, name.replace(/\.[^.]+\.txt$/, '.outline')),
    );
  });

  test.each(sources)('%s with CRLF and a byte-order mark has the same outline', async (name) => {
    const text = readFileSync(path.join(folder, name), 'utf8');
    const id = languageIdOf(name.replace(/\.txt$/, ''));
    const windows = await outlineOf(`\ufeff${text.replaceAll('\n', '\r\n')}`, id);
    expect(outlineText(windows)).toBe(outlineText(await outlineOf(text, id)));
  });
});
