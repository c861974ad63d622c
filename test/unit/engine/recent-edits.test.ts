import { describe, expect, it } from 'vitest';
import type { OpenDocument } from '../../../runtime/engine/documents';
import { RecentEdits } from '../../../runtime/engine/recent-edits';
import { TextBuffer } from '../../../runtime/engine/text-buffer';

const here = 'file:///w/here.ts';

function open(name: string, lines = 200): OpenDocument {
  const text = Array.from({ length: lines }, (_, i) => `${name} line ${i} ${'.'.repeat(20)}`).join('\n');
  const uri = `file:///w/${name}.ts`;
  return { uri, displayPath: `${name}.ts`, languageId: 'typescript', version: 1, text: new TextBuffer(text) };
}

/** Puts `text` in the place of `length` units at the start of a line, as the editor would. */
function edit(edits: RecentEdits, document: OpenDocument, line: number, text: string, length = 0) {
  const offset = document.text.toString().split('\n').slice(0, line).join('\n').length + (line > 0 ? 1 : 0);
  document.text.replace(offset, length, text);
  edits.changed(document, [{ offset, length, text }]);
}

const shown = (edits: RecentEdits) =>
  edits.passagesFor(here).map(({ document, startLine, text }) => ({
    name: document.displayPath,
    lines: [startLine, startLine + text.split('\n').length - 1],
    text,
  }));

describe('recent edits', () => {
  it('shows what was changed with the lines around it, as it reads now, latest first', () => {
    const edits = new RecentEdits();
    const [a, b] = [open('a'), open('b')];
    edit(edits, a, 50, 'new ');
    edit(edits, b, 0, 'first ');
    expect(shown(edits).map(({ name, lines }) => [name, lines])).toEqual([
      ['b.ts', [0, 3]],
      ['a.ts', [47, 53]],
    ]);
    expect(shown(edits)[1]!.text.split('\n')[3]).toMatch(/^new a line 50 \.+$/);
  });

  it('joins edits that are near one another and keeps those apart that are not', () => {
    const edits = new RecentEdits();
    const a = open('a');
    edit(edits, a, 50, 'x');
    edit(edits, a, 54, 'y');
    edit(edits, a, 150, 'z');
    expect(shown(edits).map(({ lines }) => lines)).toEqual([
      [147, 153],
      [47, 57],
    ]);
  });

  it('follows its places when the text above them changes, and forgets those that are taken away', () => {
    const edits = new RecentEdits();
    const a = open('a');
    edit(edits, a, 100, 'kept ');
    edit(edits, a, 10, 'two\nlines\n');
    expect(shown(edits).map(({ lines }) => lines)).toEqual([
      [7, 15],
      [99, 105],
    ]);
    expect(shown(edits)[1]!.text.split('\n')[3]).toMatch(/^kept a line 100/);
    const start = a.text.toString().indexOf('a line 90');
    const end = a.text.toString().indexOf('a line 110');
    a.text.replace(start, end - start, '');
    edits.changed(a, [{ offset: start, length: end - start, text: '' }]);
    expect(shown(edits).some(({ text }) => text.includes('kept'))).toBe(false);
  });

  it('says nothing of the document itself, of closed ones, and of what was not written by hand', () => {
    const edits = new RecentEdits();
    const [own, a, b] = [{ ...open('here'), uri: here }, open('a'), open('b')];
    edit(edits, own, 5, 'x');
    edit(edits, a, 5, 'x');
    edit(edits, b, 5, 'pasted\n'.repeat(1000));
    expect(shown(edits).map(({ name }) => name)).toEqual(['a.ts']);
    edits.closed(a);
    expect(shown(edits)).toEqual([]);
    expect(edits.turnFor(here)).toBe(0);
  });

  it('shows of a long piece what lies around the last edit, and of many pieces the latest', () => {
    const edits = new RecentEdits();
    const [a, b] = [open('a'), open('b', 2000)];
    edit(edits, a, 50, 'long\n'.repeat(100));
    edit(edits, a, 100, 'here ');
    const { text } = shown(edits)[0]!;
    expect(text.split('\n')).toHaveLength(21);
    expect(text.split('\n')[10]).toBe('here long');
    for (let line = 0; line < 2000; line += 100) edit(edits, b, line, 'x');
    expect(shown(edits)).toHaveLength(8);
  });

  it('has another turn for a document when another one was edited, not for its own edits', () => {
    const edits = new RecentEdits();
    const [own, a] = [{ ...open('here'), uri: here }, open('a')];
    edit(edits, a, 5, 'x');
    const turn = edits.turnFor(here);
    edit(edits, own, 5, 'x');
    expect(edits.turnFor(here)).toBe(turn);
    edit(edits, a, 6, 'x');
    expect(edits.turnFor(here)).toBeGreaterThan(turn);
  });
});
