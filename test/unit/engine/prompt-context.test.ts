import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Documents } from '../../../runtime/engine/documents';
import { Logger } from '../../../runtime/engine/log';
import { RepositoryContext, type ContextParts } from '../../../runtime/engine/prompt-context';
import { RecentEdits } from '../../../runtime/engine/recent-edits';
import type { ContextBudget } from '../../../runtime/protocol/engine';
import { openTestGrammars } from '../retrieval/grammars';

beforeAll(openTestGrammars);
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const uri = 'file:///w/a.ts';
const text = `import { helper } from './helper';\n\n${'helper();\n'.repeat(2000)}`;
const helper = 'export const helper = () => 1;\n';

function context(budget: ContextBudget, more: Partial<ContextParts['workspace']> = {}) {
  const documents = new Documents();
  documents.open({ uri, path: '/w/a.ts', displayPath: 'a.ts', languageId: 'typescript', version: 1, text });
  const asked: { text: string; languages: readonly string[] }[] = [];
  const edits = new RecentEdits();
  const made = new RepositoryContext({
    documents,
    edits,
    workspace: {
      locate: (file) => ({
        path: file.slice('/w/'.length),
        prefix: 'w/',
        files: { read: (path) => Promise.resolve(path === 'helper.ts' ? helper : undefined) },
      }),
      similar: (_, around, languages) => {
        asked.push({ text: around, languages });
        const passages = ['one', 'two', 'x'.repeat(1000)].map((name) => ({
          displayPath: `w/${name[0]}.ts`,
          startLine: 0,
          text: name,
          likeness: 1,
        }));
        return Promise.resolve(passages);
      },
      ...more,
    },
    tokenCounter: () => Promise.resolve((part) => part.length),
    budget,
    onFound: () => undefined,
    log: new Logger(() => undefined),
  });
  return { made, asked, documents, edits };
}

/** Looks around, and takes what was found at once. */
async function use(made: RepositoryContext, offset: number) {
  await made.lookAround(uri, offset);
  made.adopt(uri);
}

describe('context from other files', () => {
  it('is empty until it was looked for, then imports first and the most similar passage last', async () => {
    const { made, asked } = context({ imports: 200, similar: 50, edits: 0 });
    expect(made.of(uri).neighbours).toEqual([]);
    await use(made, 1000);
    expect(made.of(uri).neighbours).toEqual([
      { displayPath: 'w/helper.ts', text: helper },
      { displayPath: 'w/t.ts', text: 'two\n' },
      { displayPath: 'w/o.ts', text: 'one\n' },
    ]);
    expect(asked[0]!.text).toBe(text.slice(700, 1200));
    expect(asked[0]!.languages).toContain('javascript');
  });

  it('keeps to its budget of either kind', async () => {
    const { made } = context({ imports: 10, similar: 15, edits: 0 });
    await use(made, 1000);
    expect(made.of(uri).neighbours).toEqual([{ displayPath: 'w/o.ts', text: 'one\n' }]);
  });

  it('has another key exactly when it has another text', async () => {
    const { made } = context({ imports: 200, similar: 50, edits: 0 });
    await use(made, 1000);
    const first = made.of(uri);
    await use(made, 5000);
    expect(made.of(uri)).toEqual(first);
    const other = context({ imports: 200, similar: 0, edits: 0 });
    await use(other.made, 1000);
    expect(other.made.of(uri).key).not.toBe(first.key);
  });

  it('uses what it has until it is told that the next one is read', async () => {
    let passage = 'one';
    const { made } = context(
      { imports: 0, similar: 50, edits: 0 },
      {
        similar: () => Promise.resolve([{ displayPath: 'w/o.ts', startLine: 0, text: passage, likeness: 1 }]),
      },
    );
    await made.lookAround(uri, 1000);
    expect(made.of(uri).neighbours).toEqual([]);
    expect(made.next(uri)!.neighbours).toEqual([{ displayPath: 'w/o.ts', text: 'one\n' }]);
    made.adopt(uri);
    const first = made.of(uri);
    expect(made.next(uri)).toBe(undefined);
    await made.lookAround(uri, 4000);
    expect(made.next(uri)).toBe(undefined);
    passage = 'two';
    await made.lookAround(uri, 4000);
    expect(made.of(uri)).toEqual(first);
    expect(made.next(uri)!.key).not.toBe(first.key);
  });

  it('looks around when it is quiet, and not again while the cursor stays near', async () => {
    const { made, asked } = context({ imports: 0, similar: 50, edits: 0 });
    made.worksAt(uri, 1000);
    await vi.advanceTimersByTimeAsync(1500);
    made.worksAt(uri, 1100);
    await vi.advanceTimersByTimeAsync(1500);
    expect(asked).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toHaveLength(1);
    made.worksAt(uri, 1500);
    await vi.advanceTimersByTimeAsync(5000);
    expect(asked).toHaveLength(1);
    made.worksAt(uri, 5000);
    await vi.advanceTimersByTimeAsync(5000);
    expect(asked).toHaveLength(2);
  });

  it('looks again at the next pause where it found nothing yet', async () => {
    let passages: string[] = [];
    const { made } = context(
      { imports: 0, similar: 50, edits: 0 },
      {
        similar: () =>
          Promise.resolve(
            passages.map((one) => ({ displayPath: 'b', startLine: 0, text: one, likeness: 1 })),
          ),
      },
    );
    made.worksAt(uri, 1000);
    await vi.advanceTimersByTimeAsync(2500);
    expect(made.next(uri)).toBe(undefined);
    passages = ['one'];
    made.worksAt(uri, 1001);
    await vi.advanceTimersByTimeAsync(2500);
    expect(made.next(uri)!.neighbours).toEqual([{ displayPath: 'b', text: 'one\n' }]);
  });

  it('has no timer while it has no budget', () => {
    const { made } = context({ imports: 0, similar: 0, edits: 0 });
    made.worksAt(uri, 1000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('shows a file that must not be read nothing but itself', async () => {
    const { made, asked } = context({ imports: 200, similar: 50, edits: 0 }, { locate: () => undefined });
    await use(made, 1000);
    expect(made.of(uri).neighbours).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('leaves the window to the file itself far down in a long one', async () => {
    const { made, asked } = context({ imports: 200, similar: 50, edits: 0 });
    await use(made, 1000);
    expect(made.of(uri).neighbours).not.toEqual([]);
    await use(made, 13_000);
    expect(made.of(uri).neighbours).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  it('forgets a closed document, and goes without where looking fails', async () => {
    const { made } = context({ imports: 200, similar: 50, edits: 0 });
    await use(made, 1000);
    made.closed(uri);
    expect(made.of(uri).neighbours).toEqual([]);
    const failing = context(
      { imports: 0, similar: 50, edits: 0 },
      {
        similar: () => Promise.reject(new Error('the index is damaged')),
      },
    );
    await use(failing.made, 1000);
    expect(failing.made.of(uri).neighbours).toEqual([]);
  });

  it('shows what was just edited elsewhere, and once', async () => {
    const { made, documents, edits } = context(
      { imports: 0, similar: 50, edits: 40 },
      {
        locate: (file) =>
          file.endsWith('secret.ts')
            ? undefined
            : { path: file, prefix: '', files: { read: () => Promise.resolve(undefined) } },
        similar: () =>
          Promise.resolve(
            ['new b', 'other'].map((part, line) => ({
              displayPath: 'b.ts',
              startLine: line * 20,
              text: part,
              likeness: 1,
            })),
          ),
      },
    );
    for (const name of ['b', 'secret', 'unsaved']) {
      const other = `file:///w/${name}.ts`;
      const where = name === 'unsaved' ? {} : { path: `/w/${name}.ts` };
      const item = {
        uri: other,
        displayPath: `${name}.ts`,
        languageId: 'typescript',
        version: 1,
        text: name,
      };
      documents.open({ ...item, ...where });
      const edit = { offset: 0, length: 0, text: 'new ' };
      documents.change(other, 2, [edit]);
      edits.changed(documents.get(other)!, [edit]);
    }
    await use(made, 1000);
    expect(made.of(uri).neighbours).toEqual([
      { displayPath: 'b.ts', text: 'new b\n' },
      { displayPath: 'b.ts', text: 'other\n' },
    ]);
  });

  it('looks around again when another file was edited, and not for edits of this one', async () => {
    const { made, asked, documents, edits } = context({ imports: 0, similar: 50, edits: 40 });
    const b = { uri: 'file:///w/b.ts', path: '/w/b.ts', displayPath: 'b.ts', languageId: 'typescript' };
    documents.open({ ...b, version: 1, text: 'b' });
    const edit = { offset: 0, length: 0, text: 'x' };
    const visit = async () => {
      made.worksAt(uri, 1000);
      await vi.advanceTimersByTimeAsync(2500);
      return asked.length;
    };
    expect(await visit()).toBe(1);
    edits.changed(documents.get(uri)!, [edit]);
    expect(await visit()).toBe(1);
    documents.change(b.uri, 2, [edit]);
    edits.changed(documents.get(b.uri)!, [edit]);
    expect(await visit()).toBe(2);
    expect(await visit()).toBe(2);
  });
});
