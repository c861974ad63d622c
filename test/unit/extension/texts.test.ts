import { describe, expect, it } from 'vitest';
import { notebookContext } from '../../../extension/completion/notebook-context';
import { headerPath } from '../../../extension/engine/document-paths';
import { FileChanges } from '../../../extension/engine/file-changes';
import { launchEnvironment } from '../../../extension/engine/launch-environment';
import { panelHtml } from '../../../extension/panel/panel-html';
import { emptyMemory, remember, replay } from '../../../extension/panel/panel-memory';
import { answerMarkdown } from '../../../extension/reports/answer-markdown';
import { formatBytes } from '../../../extension/reports/bytes';
import { passageText } from '../../../extension/reports/passage-text';
import { summaryMarkdown } from '../../../extension/reports/summary-markdown';
import { english } from '../../../runtime/protocol/translate';
import type { AskResponse } from '../../../runtime/protocol/questions';
import type { FileSummary } from '../../../runtime/protocol/summaries';
import type { ToWebview } from '../../../runtime/protocol/webview';

const summary: FileSummary = {
  path: '/p/a_b.ts',
  displayPath: 'a_b.ts',
  languageId: 'typescript',
  lineCount: 40,
  contentHash: '',
  purpose: { text: 'Keeps <b>things</b>.', source: 'doc' },
  importedBy: ['c.ts'],
  lines: [
    {
      name: 'put',
      kind: 'method',
      signature: 'put()',
      range: { startLine: 9, endLine: 12 },
      nameLine: 9,
      exported: true,
      depth: 1,
      text: 'Puts it in.',
      source: 'generated',
    },
  ],
  cost: { tokensRead: 0, tokensGenerated: 0, generatedLines: 1, ms: 1 },
  approximate: false,
};

const response: AskResponse = {
  passages: [
    {
      number: 1,
      citation: {
        path: '/p/src/a (1).ts',
        displayPath: 'src/a (1).ts',
        range: { startLine: 9, endLine: 11 },
      },
      languageId: 'typescript',
      title: 'function f',
      note: { text: 'Adds it up.', source: 'generated', symbol: 'f', line: 9 },
      text: 'f();\n',
      highlights: [],
      score: 1,
    },
  ],
  indexed: 1,
  filesSearched: 1,
  reranked: false,
  ms: { search: 1, rerank: 0, total: 1 },
};

describe('headerPath', () => {
  it.each([
    ['src\\a.ts', 'typescript', 'file', 'src/a.ts'],
    ['/outside/of/all/a.ts', 'typescript', 'file', 'a.ts'],
    ['C:/outside/a.ts', 'typescript', 'file', 'a.ts'],
    ['Untitled-1', 'python', 'untitled', 'Untitled-1.py'],
    ['Untitled-1', 'plaintext', 'untitled', 'Untitled-1'],
    ['lab/study.ipynb', 'python', 'cell', 'lab/study.py'],
  ] as const)('%s in %s (%s) reads %s', (path, language, kind, expected) => {
    expect(headerPath(path, language, kind)).toBe(expected);
  });
});

describe('notebookContext', () => {
  it('joins the cells of the same language, before and after', () => {
    const cell = (text: string, languageId = 'python') => ({ text, languageId });
    const cells = [
      cell('a = 1'),
      cell('# Title', 'markdown'),
      cell('b = 2'),
      cell('c'),
      cell(' '),
      cell('d'),
    ];
    expect(notebookContext(cells, 3)).toEqual({ before: 'a = 1\nb = 2', after: 'd' });
  });

  it('cuts long cells at lines, keeping what is nearest', () => {
    const long = Array.from({ length: 10_000 }, (_, i) => `x${i} = ${i}`).join('\n');
    const cells = [long, '', long].map((text) => ({ text, languageId: 'python' }));
    cells[1]!.text = 'y';
    const { before, after } = notebookContext(cells, 1);
    expect(before.endsWith('x9999 = 9999')).toBe(true);
    expect(before).toMatch(/^x\d+ = /);
    expect(after.startsWith('x0 = 0\n')).toBe(true);
    expect(before.length + after.length).toBeLessThanOrEqual(28_000);
  });
});

describe('FileChanges', () => {
  it('keeps one change for each file, and none of what is always left out', () => {
    const changes = new FileChanges();
    changes.add('/p/a', 'created');
    changes.add('/p/a', 'changed');
    changes.add('/p/b', 'created');
    changes.add('/p/b', 'deleted');
    changes.add('/p/c', 'deleted');
    changes.add('/p/c', 'created');
    expect(changes.add('/p/node_modules/x/y.js', 'changed')).toBe(false);
    expect(changes.add('C:\\p\\.git\\index', 'changed')).toBe(false);
    expect(changes.take()).toEqual([
      { path: '/p/a', kind: 'created' },
      { path: '/p/c', kind: 'changed' },
    ]);
    expect(changes.take()).toEqual([]);
  });
});

describe('launchEnvironment', () => {
  const host = { PATH: '/bin', NODE_OPTIONS: '--inspect', ELECTRON_RUN_AS_NODE: '1', EMPTY: undefined };
  const malloc = {
    MALLOC_MMAP_THRESHOLD_: '131072',
    MALLOC_TRIM_THRESHOLD_: '131072',
    MALLOC_ARENA_MAX: '2',
  };
  it('leaves out what is meant for the host alone, and has freed memory given back', () => {
    expect(launchEnvironment(host, false)).toEqual({ ...malloc, PATH: '/bin' });
  });
  it('makes Electron a plain Node', () => {
    expect(launchEnvironment(host, true)).toEqual({ ...malloc, PATH: '/bin', ELECTRON_RUN_AS_NODE: '1' });
  });
  it('leaves the user the last word', () => {
    expect(launchEnvironment({ MALLOC_TRIM_THRESHOLD_: '1' }, false).MALLOC_TRIM_THRESHOLD_).toBe('1');
  });
});

describe('panelHtml', () => {
  const html = panelHtml({
    cspSource: 'https://x',
    script: 'https://x/a"b.js',
    style: 's',
    nonce: 'n0',
    title: 't',
    language: 'en',
  });
  it('allows its own script and style alone', () => {
    expect(html).toContain(`default-src 'none'`);
    expect(html).toContain(`script-src 'nonce-n0'`);
    expect(html).not.toContain('unsafe');
    expect(html).toContain('a&quot;b.js');
  });
});

describe('panelHtml in another language', () => {
  it('carries the words, whatever they hold', () => {
    const page = { cspSource: '', script: '', style: '', nonce: '', title: '', language: 'de' };
    const html = panelHtml({ ...page, words: { 'Say "no" to <b>': '"Nein" & <i>' } });
    expect(html).toContain(
      '<body data-words="{&quot;Say \\&quot;no\\&quot; to &lt;b&gt;&quot;:&quot;\\&quot;Nein\\&quot; &amp; &lt;i&gt;&quot;}">',
    );
    expect(panelHtml(page)).toContain('<body>');
  });
});

describe('panel memory', () => {
  const started = (id: number): ToWebview => ({ type: 'summaryStarted', id, displayPath: 'a' });
  const asked = (id: number, after: number[]): ToWebview => ({
    type: 'askStarted',
    id,
    asking: { question: 'q', places: [], leaveOut: [] },
    after,
  });
  it('replays what a new page needs, and drops what a later message replaces', () => {
    const messages: ToWebview[] = [
      { type: 'showTab', tab: 'summary', focus: true },
      started(1),
      { type: 'summaryDone', id: 1, summary },
      started(2),
      { type: 'summaryOutline', id: 2, summary, toGenerate: 1 },
      { type: 'compose', question: 'x', places: [] },
      asked(7, []),
      { type: 'askProgress', id: 7, progress: { stage: 'searching' } },
      { type: 'askProgress', id: 7, progress: { stage: 'reranking', done: 1, total: 2 } },
    ];
    const replayed = replay(messages.reduce(remember, emptyMemory));
    expect(replayed.map(({ type }) => type)).toEqual([
      'askStarted',
      'askProgress',
      'summaryStarted',
      'summaryOutline',
      'showTab',
    ]);
    expect(replayed.at(-1)).toEqual({ type: 'showTab', tab: 'summary' });
  });

  it('keeps the turns that stay, and of each what its answer has come to', () => {
    const passages: ToWebview = {
      type: 'askProgress',
      id: 7,
      progress: { stage: 'passages', response, unwritten: [1, 2] },
    };
    const messages: ToWebview[] = [
      asked(6, []),
      { type: 'askDone', id: 6, response },
      asked(7, [6]),
      { type: 'askProgress', id: 7, progress: { stage: 'searching' } },
      passages,
      { type: 'askProgress', id: 7, progress: { stage: 'note', number: 1 } },
      { type: 'askProgress', id: 7, progress: { stage: 'answer', model: 'm' } },
      { type: 'askProgress', id: 7, progress: { stage: 'piece', text: 'It' } },
      { type: 'askProgress', id: 7, progress: { stage: 'piece', text: ' is' } },
    ];
    const memory = messages.reduce(remember, emptyMemory);
    const kinds = (of: typeof memory) => replay(of).map(({ type }) => type);
    expect(kinds(memory)).toEqual([
      'askStarted',
      'askDone',
      'askStarted',
      ...Array<string>(5).fill('askProgress'),
    ]);
    const done = remember(memory, { type: 'askDone', id: 7, response });
    expect(kinds(done)).toEqual(['askStarted', 'askDone', 'askStarted', 'askDone']);
    expect(replay(remember(done, asked(8, [6]))).map((message) => 'id' in message && message.id)).toEqual([
      6, 6, 8,
    ]);
    expect(replay(remember(done, { type: 'askCleared' }))).toEqual([]);
  });
});

describe('texts for the user', () => {
  it('formats bytes', () => {
    expect([0, 1536, 123 * 1024 * 1024].map(formatBytes)).toEqual(['0 bytes', '1.5 KB', '123 MB']);
  });

  it('exports a summary whose names and texts cannot become markup', () => {
    const markdown = summaryMarkdown(summary, english);
    expect(markdown).toContain('# a\\_b.ts');
    expect(markdown).toContain('Keeps \\<b\\>things\\</b\\>.');
    expect(markdown).toContain('  - **put** (method, 10-13): Puts it in. *(generated)*');
  });

  it('writes an answer with links to its lines, and labels what the model wrote', () => {
    const markdown = answerMarkdown('Where *is* it?', response, english);
    expect(markdown).toBe(
      `# Where \\*is\\* it?

## 1. [src/a \\(1\\).ts:10-12](src/a%20%281%29.ts#L10-L12)

**function f**

\`f\`: Adds it up. *(generated)*

\`\`\`typescript
f();
\`\`\`
`,
    );
    const none = { ...response, passages: [] };
    expect(answerMarkdown('q', none, english)).toBe('# q\n\nNo passages were found.\n');
  });

  it('puts what a model wrote in front of the passages, labelled, and without HTML outside of code', () => {
    const answer = {
      model: 'talker',
      text: '\nSee `Map<string>` [1], <b>not</b>:\n```ts\nlet a: Set<T>;\n```\n',
      passagesRead: 1,
      doubts: [],
      end: 'complete' as const,
      cost: { tokensRead: 1, tokensReused: 0, tokensGenerated: 1, ms: 1 },
    };
    const markdown = answerMarkdown('q', { ...response, answer }, english);
    expect(markdown).toContain(
      '# q\n\nSee `Map<string>` [1], &lt;b>not&lt;/b>:\n```ts\nlet a: Set<T>;\n```\n\n*Written by talker, a model: check it against the passages.*\n\n## 1.',
    );
  });

  it('fences a passage that holds a fence itself', () => {
    const text = passageText(
      {
        number: 1,
        citation: { path: '/p/r.md', displayPath: 'r.md', range: { startLine: 0, endLine: 2 } },
        languageId: 'markdown',
        text: '```\nx\n```\n',
        highlights: [],
        score: 1,
      },
      english,
    );
    expect(text).toBe('r.md, lines 1 to 3\n````markdown\n```\nx\n```\n````\n');
  });
});
