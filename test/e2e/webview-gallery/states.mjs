/** What the host would say, for every state of the view that is worth looking at. */
const storeCode = `  /**
   * Stores a snapshot under its key. The oldest snapshots leave first when
   * the ceiling is passed.
   */
  put(key: string, snapshot: Snapshot): void {
    const size = bytesOf(snapshot);
    if (size > this.ceiling) throw new RangeError(\`Snapshot of \${size} bytes is above the ceiling of \${this.ceiling}.\`);
    this.entries.delete(key);
    this.entries.set(key, { snapshot, size, savedAt: this.clock() });
    this.held += size;

    while (this.held > this.ceiling) {
      const [oldest] = this.entries.keys();
      this.evict(oldest);
    }
  }

  private evict(key: string): void {
    const entry = this.entries.get(key);
    if (!entry) return;
    this.entries.delete(key);
    this.held -= entry.size;
    this.onEvict?.(key, entry.snapshot);
  }
`;

function highlights(text, words) {
  return words.flatMap((word) =>
    [...text.matchAll(new RegExp(word, 'gi'))].map((m) => ({ start: m.index, end: m.index + word.length })),
  );
}

function passage(number, displayPath, startLine, text, title, words) {
  const lines = text.replace(/\n$/, '').split('\n').length;
  return {
    number,
    citation: {
      path: `/home/user/project/${displayPath}`,
      displayPath,
      range: { startLine, endLine: startLine + lines - 1 },
    },
    languageId: 'typescript',
    title,
    text,
    highlights: highlights(text, words),
    score: 1 / number,
  };
}

const question = 'When is a snapshot evicted from the store?';
const passages = [
  passage(1, 'src/state/store.ts', 41, storeCode, 'class SnapshotStore › method put', ['snapshot', 'evict']),
  passage(
    2,
    'src/state/eviction.ts',
    8,
    `export function victim(entries: Iterable<Entry>): Entry | undefined {\n  // Least saved work per byte goes first.\n  return minBy(entries, (entry) => entry.work / entry.bytes);\n}\n`,
    'function victim',
    ['evict', 'entries'],
  ),
  passage(
    3,
    'test/unit/state/a-rather-long-folder-name/snapshot-store.test.ts',
    1204,
    `it('evicts the oldest snapshot when the ceiling is passed', () => {\n  const store = new SnapshotStore({ ceiling: 100 });\n  store.put('a', snapshotOf(60));\n  store.put('b', snapshotOf(60));\n  expect(store.has('a')).toBe(false);\n});\n`,
    undefined,
    ['evicts', 'snapshot', 'store'],
  ),
  passage(
    4,
    'README.md',
    66,
    'The memory ceiling is a setting. When it is passed, snapshots leave the store, least useful first.\n',
    'Memory',
    ['snapshots', 'store'],
  ),
];

const response = {
  passages,
  indexed: 1,
  filesSearched: 340,
  reranked: true,
  ms: { search: 85, rerank: 1210, total: 1302 },
};

const engine = (over = {}) => ({
  model: {
    name: 'striped-code',
    state: 'ready',
    languages: ['typescript', 'python'],
    provider: 'cpu',
    precision: 'int8',
    loadMs: 320,
    ...over,
  },
  activity: 'idle',
  memory: { residentMB: 312, statesMB: 24, limitMB: 1024 },
});
const index = (over = {}) => ({
  state: 'ready',
  filesDone: 1204,
  filesTotal: 1204,
  chunks: 8800,
  bytesOnDisk: 21e6,
  ...over,
});
const status = (indexOver, engineOver, notice) => ({
  type: 'status',
  status: engine(engineOver),
  index: index(indexOver),
  notice,
});
/** No engine runs. */
const without = (kind, text) => ({
  type: 'status',
  status: undefined,
  index: undefined,
  notice: { kind, text },
});

const tab = (name) => ({ type: 'showTab', tab: name });
const asking = (text = question, over = {}) => ({ question: text, places: [], leaveOut: [], ...over });
const startedAs = (id, as, after = []) => ({ type: 'askStarted', id, asking: as, after });
const started = startedAs(1, asking());
const answered = (id = 1) => ({ type: 'askDone', id, response });
const places = {
  file: { kind: 'file', path: '/home/user/project/src/state/store.ts', displayPath: 'src/state/store.ts' },
  folder: { kind: 'folder', path: '/home/user/project/test', displayPath: 'test' },
  selection: {
    kind: 'selection',
    path: '/home/user/project/src/engine/session.ts',
    displayPath: 'src/engine/session.ts',
    range: { startLine: 119, endLine: 141 },
  },
};
const note = (passage, text, source, over = {}) => ({
  ...passage,
  note: { text, source, line: passage.citation.range.startLine, ...over },
});
const noted = [
  note(passages[0], 'Stores a snapshot under its key.', 'doc', { symbol: 'put' }),
  note(passages[1], 'Returns the entry with the least `work` per byte.', 'generated'),
  ...passages.slice(2),
];
const prose =
  'A snapshot leaves once the `ceiling` is passed, **least useful first** [4]. Which one that is, `victim` says [2]:\n\n' +
  '- the entry with the least `work` per byte [2]\n- never the `newestEntry` [2][9], <b>not even</b> then\n\n' +
  '```ts\nreturn minBy(entries, (entry) => entry.work / entry.bytes);\n```\n\nA test shows it [3].';
const doubt = (words, kind) => ({
  start: prose.indexOf(words),
  end: prose.indexOf(words) + words.length,
  kind,
});
const answer = {
  model: 'granite-4.0-h-350m',
  text: prose,
  passagesRead: 3,
  doubts: [doubt('`newestEntry`', 'no-name'), doubt('[9]', 'no-passage')],
  end: 'limit',
  cost: { tokensRead: 1204, tokensReused: 0, tokensGenerated: 96, ms: 8400 },
};
const writing = [
  {
    type: 'askProgress',
    id: 1,
    progress: {
      stage: 'passages',
      response: { ...response, passages: passages.slice(1) },
      unwritten: [],
    },
  },
  { type: 'askProgress', id: 1, progress: { stage: 'answer', model: answer.model } },
];
const nothing = (reason, over = {}) => ({
  type: 'askDone',
  id: 1,
  response: { ...response, passages: [], nothingFound: reason, ...over },
});

function line(name, kind, nameLine, depth, signature, text, source) {
  return {
    name,
    kind,
    signature,
    range: { startLine: nameLine, endLine: nameLine + 12 },
    nameLine,
    exported: depth === 0,
    depth,
    text,
    source,
  };
}

const outline = [
  line(
    'Entry',
    'interface',
    11,
    0,
    'interface Entry',
    'A snapshot with its size and the time of its last use.',
    'doc',
  ),
  line(
    'ceilingOf',
    'function',
    20,
    0,
    'function ceilingOf(settings: Settings, machine: Machine): number',
    'Reads the memory limit from the settings and leaves room for the weights.',
    'generated',
  ),
  line(
    'SnapshotStore',
    'class',
    34,
    0,
    'class SnapshotStore implements Disposable',
    'Holds snapshots under a memory ceiling; the least useful leave first.',
    'doc',
  ),
  line('held', 'property', 38, 1, 'private held = 0', '', 'none'),
  line('constructor', 'constructor', 40, 1, 'constructor(options: StoreOptions)', '', 'none'),
  line(
    'put',
    'method',
    45,
    1,
    'put(key: string, snapshot: Snapshot): void',
    'Stores a snapshot under its key.',
    'doc',
  ),
  line(
    'get',
    'method',
    61,
    1,
    'get(key: string): Snapshot | undefined',
    'Returns the snapshot and marks it as used.',
    'generated',
  ),
  line(
    'evict',
    'method',
    70,
    1,
    'private evict(key: string): void',
    'Removes an entry and tells the listener.',
    'generated',
  ),
  line('Order', 'enum', 92, 0, 'enum Order', 'Which snapshots leave first.', 'doc'),
  line('Key', 'type', 97, 0, 'type Key = `${string}@${number}`', '', 'none'),
  line(
    'defaultCeiling',
    'constant',
    99,
    0,
    'const defaultCeiling = 1024 * megabyte',
    'One gigabyte, weights included.',
    'doc',
  ),
  line('megabyte', 'variable', 101, 0, 'let megabyte', '', 'none'),
  line('internal', 'namespace', 104, 0, 'namespace internal', '', 'none'),
];

const summary = (over = {}) => ({
  path: '/home/user/project/src/state/store.ts',
  displayPath: 'src/state/store.ts',
  languageId: 'typescript',
  lineCount: 2140,
  contentHash: 'h',
  purpose: {
    text: 'Keeps what the model has read: snapshots of its state under a memory ceiling, with the least useful leaving first.',
    source: 'doc',
  },
  importedBy: [
    'src/engine/session.ts',
    'src/engine/scheduler.ts',
    'src/state/index.ts',
    'src/cli/read.ts',
    'test/unit/state/store.test.ts',
    'test/bench/resume.ts',
    'src/evaluation/replay.ts',
  ],
  lines: outline,
  cost: { tokensRead: 24310, tokensGenerated: 412, generatedLines: 12, ms: 8400 },
  approximate: false,
  ...over,
});
const blank = summary({
  lines: outline.map((l) => (l.source === 'generated' ? { ...l, text: '', source: 'none' } : l)),
});

export const longSummary = summary({
  lineCount: 31_000,
  lines: Array.from({ length: 2400 }, (_, i) =>
    line(
      `handler${i}`,
      i % 5 === 0 ? 'class' : 'method',
      i * 13,
      i % 5 === 0 ? 0 : 1,
      `handler${i}(event: Event${i}): Promise<void>`,
      `Handles event ${i} and tells the listeners.`,
      i % 3 ? 'generated' : 'doc',
    ),
  ),
});

const cost = {
  contextTokens: 3812,
  tokensRead: 41,
  tokensGenerated: 58,
  ms: { queue: 2.1, tokenise: 0.8, read: 31, decode: 86 },
};
const candidates = [
  {
    text: 'if (!entry) return undefined;\n    this.entries.delete(key);\n    this.entries.set(key, { ...entry, usedAt: this.clock() });\n    return entry.snapshot;\n',
    confidence: 0.82,
    tokens: 38,
    stoppedBy: 'block-end',
  },
  { text: 'return entry?.snapshot;', confidence: 0.41, tokens: 7, stoppedBy: 'line-end' },
  { text: 'entry.usedAt = this.clock();', confidence: 0.12, tokens: 13, stoppedBy: 'low-confidence' },
];
const view = (over = {}) => ({
  type: 'completions',
  view: {
    displayPath: 'src/state/store.ts',
    position: { line: 62, character: 4 },
    candidates,
    cost,
    held: {
      memory: { residentMB: 312.4, statesMB: 46.1, limitMB: 1024 },
      kept: { states: 14, tokens: 5120, savedStates: 31, savedMB: 237.6 },
    },
    stillReading: false,
    ...over,
  },
});

export const states = {
  'ask-empty': [status()],
  'ask-indexing': [status({ state: 'indexing', filesDone: 445 })],
  'ask-paused': [status({ state: 'paused', filesDone: 445 })],
  'ask-index-failed': [
    status({ state: 'failed', reason: 'The index could not be written: no space left on the disk.' }),
  ],
  'ask-index-off': [status({ state: 'off', filesDone: 0, reason: 'The index is switched off.' })],
  'switched-off': [without('off', 'Longview is switched off.')],
  untrusted: [
    without(
      'untrusted',
      'Restricted Mode: Longview does not start its engine until you trust this workspace.',
    ),
  ],
  'index-failed': [
    status(
      { state: 'failed', reason: 'No space left on the disk.' },
      {},
      {
        kind: 'index-failed',
        text: 'Ready, but the index failed: No space left on the disk.',
      },
    ),
  ],
  'ask-searching': [status(), started, { type: 'askProgress', id: 1, progress: { stage: 'searching' } }],
  'ask-reranking': [
    status(),
    started,
    { type: 'askProgress', id: 1, progress: { stage: 'reranking', done: 7, total: 24 } },
  ],
  'ask-passages': [status(), started, answered()],
  'ask-notes': [
    status(),
    started,
    {
      type: 'askProgress',
      id: 1,
      progress: {
        stage: 'passages',
        response: { ...response, passages: [noted[0], ...passages.slice(1)] },
        unwritten: [2, 3],
      },
    },
    { type: 'askProgress', id: 1, progress: { stage: 'note', number: 2, note: noted[1].note } },
  ],
  'ask-writing': [
    status(),
    started,
    ...writing,
    { type: 'askProgress', id: 1, progress: { stage: 'piece', text: answer.text.slice(0, 150) } },
  ],
  'ask-written': [
    status(),
    started,
    ...writing,
    { type: 'askDone', id: 1, response: { ...response, passages: passages.slice(1), answer } },
  ],
  'ask-not-written': [
    status(),
    started,
    {
      type: 'askDone',
      id: 1,
      response: {
        ...response,
        passages: passages.slice(1, 2),
        answerProblem:
          'There is no model "granite" (longview.models.chat). Add it, or choose another one for answers.',
      },
    },
  ],
  'ask-edited': [
    status(),
    started,
    { type: 'askDone', id: 1, response: { ...response, passages: noted.slice(1) } },
    {
      type: 'passagesNow',
      id: 1,
      passages: [
        { number: 2, range: { startLine: 20, endLine: 23 }, text: 'same' },
        { number: 3, range: { startLine: 1204, endLine: 1212 }, text: 'changed' },
        { number: 4, range: { startLine: 60, endLine: 60 }, text: 'gone' },
      ],
    },
  ],
  'ask-conversation': [
    status(),
    { type: 'offers', places: [places.selection, places.file] },
    started,
    answered(),
    startedAs(2, asking('And where is that tested, when several windows of the user share one store?'), [1]),
    answered(2),
    startedAs(3, asking('Who calls it?', { places: [places.folder, places.selection] }), [1, 2]),
    {
      type: 'askDone',
      id: 3,
      response: { ...response, passages: noted.slice(0, 2) },
    },
  ],
  'ask-context': [
    status({ state: 'indexing', filesDone: 445 }),
    { type: 'offers', places: [places.file] },
    {
      type: 'compose',
      question: 'Where is the ceiling checked?',
      places: [places.selection, places.folder],
    },
  ],
  'ask-command': [
    status(),
    startedAs(1, asking('/doc', { places: [places.selection] })),
    {
      type: 'askDone',
      id: 1,
      response: { ...response, passages: [noted[1]] },
    },
  ],
  'ask-command-silent': [
    status(),
    startedAs(1, asking('/doc', { places: [places.selection] })),
    { type: 'askDone', id: 1, response: { ...response, passages: [passages[1]] } },
  ],
  'ask-recalled': [
    status(),
    { type: 'askRecalled', id: 1, asking: asking(), after: [] },
    startedAs(2, asking('And where is that tested?'), [1]),
    { type: 'askFailed', id: 2, message: '', cancelled: true },
  ],
  'ask-no-match': [
    status({ state: 'indexing', filesDone: 445 }),
    started,
    nothing('no-match', { indexed: 0.37 }),
  ],
  'ask-index-disabled': [
    status({ state: 'off', reason: 'The index is switched off in the settings.' }),
    started,
    nothing('index-disabled'),
  ],
  'ask-failed': [
    without(
      'failed',
      'The model striped-code could not be loaded: model.safetensors is cut short (12 of 61 MB). Reinstall the extension.',
    ),
    started,
    {
      type: 'askFailed',
      id: 1,
      message: 'The engine stopped while it searched. It has been restarted; ask again.',
      cancelled: false,
    },
  ],
  'ask-stopped': [
    without('restarting', 'The engine ended unexpectedly and is being restarted.'),
    started,
    { type: 'askFailed', id: 1, message: '', cancelled: true },
  ],
  'summary-empty': [status(), tab('summary')],
  'summary-reading': [
    status(),
    tab('summary'),
    { type: 'summaryStarted', id: 1, displayPath: 'src/state/store.ts' },
  ],
  'summary-generating': [
    status(),
    tab('summary'),
    { type: 'summaryStarted', id: 1, displayPath: 'src/state/store.ts' },
    { type: 'summaryOutline', id: 1, summary: blank, toGenerate: 3 },
    { type: 'summaryLine', id: 1, index: 1, line: outline[1], done: 1, total: 3 },
  ],
  'summary-done': [
    status(),
    tab('summary'),
    { type: 'summaryStarted', id: 1, displayPath: 'src/state/store.ts' },
    { type: 'summaryDone', id: 1, summary: summary() },
  ],
  'summary-approximate': [
    status(),
    tab('summary'),
    {
      type: 'summaryDone',
      id: 1,
      summary: summary({
        approximate: true,
        importedBy: [],
        purpose: { text: 'Exports SnapshotStore and 6 more; nothing imports it.', source: 'derived' },
        lines: outline.slice(0, 4),
      }),
    },
  ],
  'summary-failed': [
    status(),
    tab('summary'),
    { type: 'summaryStarted', id: 1, displayPath: 'assets/logo.png' },
    {
      type: 'summaryFailed',
      id: 1,
      message: 'assets/logo.png is a binary file: there is no text to summarize.',
      cancelled: false,
    },
  ],
  'completions-empty': [status(), tab('completions')],
  'completions-running': [status(), tab('completions'), view(), { type: 'completionsStarted' }],
  'completions-three': [status(), tab('completions'), view()],
  'completions-still-reading': [
    status(),
    tab('completions'),
    view({ stillReading: true, candidates: candidates.slice(0, 1) }),
  ],
  'completions-silence': [
    status(),
    tab('completions'),
    view({
      candidates: [],
      cost: undefined,
      silence: 'The model does not know Rust. It completes TypeScript, JavaScript and Python.',
    }),
  ],
};
