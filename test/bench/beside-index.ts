/**
 * `npm run bench:beside [-- --files N --rounds N --keystroke-ms N]`: types pieces of a file anew in a window on a
 * repository of 50,000 small files, in turn while its index rests and while it is being made, and prints how long a suggestion takes
 * in each. Needs `npm run build`.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { mean, percentile } from '../../runtime/evaluation/statistics';
import { Typist, type TypingRecord } from '../../runtime/evaluation/typist';
import { IndexCommand } from '../../runtime/protocol/methods';
import { root } from '../../scripts/lib/paths.mjs';
import { engineOf, openBenchWindow, regionOf } from './windows';

const filesPerFolder = 250;

/** Small modules that import each other, no two alike. */
function writeRepository(folder: string, count: number): void {
  for (let i = 0; i < count; i++) {
    const directory = path.join(folder, 'src', `part-${Math.floor(i / filesPerFolder)}`);
    if (i % filesPerFolder === 0) mkdirSync(directory, { recursive: true });
    const before = i % filesPerFolder === 0 ? '' : `import { value${i - 1} } from './module-${i - 1}';\n\n`;
    const sum = before === '' ? `${i}` : `value${i - 1}(scale) + ${i}`;
    const text = `${before}/** The value of number ${i}, scaled. */\nexport function value${i}(scale: number): number {\n  return scale * (${sum});\n}\n`;
    writeFileSync(path.join(directory, `module-${i}.ts`), text);
  }
}

/** What was typed in one state of the index. */
interface Typed {
  filesMade: number;
  records: TypingRecord[];
}

const headings = ['index', 'files made', 'keys', 'answered', 'suggestions', 'p50 ms', 'p95 ms', 'reading ms'];

function print(kind: string, { filesMade, records }: Typed): void {
  const sum = (of: (record: TypingRecord) => number) =>
    records.reduce((total, record) => total + of(record), 0);
  const keys = sum(({ keystrokes }) => keystrokes);
  const asked = records.flatMap(({ shown }) => shown.filter(({ reused }) => reused === undefined));
  const totals = asked.map(({ latency }) => latency.total);
  const times = [
    percentile(totals, 0.5),
    percentile(totals, 0.95),
    mean(asked.map(({ cost }) => cost?.ms.read ?? 0)),
  ];
  const answered = `${Math.round((100 * sum((record) => record.answered)) / Math.max(1, keys))} %`;
  printCells([kind, filesMade, keys, answered, asked.length, ...times.map((ms) => ms.toFixed(1))]);
}

function printCells(cells: (string | number)[]): void {
  console.log(cells.map((cell) => String(cell).padStart(14)).join(''));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      files: { type: 'string', default: '50000' },
      rounds: { type: 'string', default: '6' },
      'keystroke-ms': { type: 'string', default: '120' },
    },
  });
  const place = mkdtempSync(path.join(tmpdir(), 'longview-beside-'));
  const folder = path.join(place, 'repository');
  writeRepository(folder, Number(values.files));
  const file = path.join(folder, 'lib.es5.d.ts');
  // Declarations with their documentation: much of it can be foreseen, so that there are many suggestions to time.
  copyFileSync(path.join(root, 'node_modules', 'typescript', 'lib', 'lib.es5.d.ts'), file);
  const text = readFileSync(file, 'utf8');
  const document = {
    path: file,
    uri: `file://${file}`,
    displayPath: 'lib.es5.d.ts',
    languageId: 'typescript',
    version: 1,
    text,
  };
  const client = openBenchWindow(folder, path.join(place, 'data'), {});
  try {
    await client.setAllowed(true);
    await client.ensureStarted();
    const engine = engineOf(client);
    const command = (name: 'pause' | 'resume') => client.request(IndexCommand, { command: name });
    const type = async (round: number): Promise<Typed> => {
      const region = regionOf(text, round);
      const typist = new Typist(document, engine, { ...region, keystrokeMs: Number(values['keystroke-ms']) });
      const before = client.indexStatus?.filesDone ?? 0;
      engine.openDocument({ ...document, text: text.slice(0, region.from) + text.slice(region.to) });
      try {
        await typist.settleIn();
        await typist.typeAll();
      } finally {
        typist.dispose();
        engine.closeDocument({ uri: document.uri });
      }
      return { filesMade: (client.indexStatus?.filesDone ?? 0) - before, records: [typist.record] };
    };
    await command('pause');
    await type(0);
    printCells(headings);
    const all: Record<'resting' | 'working', Typed[]> = { resting: [], working: [] };
    for (let round = 1; round <= Number(values.rounds); round++) {
      // In turn, and in turn which comes first, so that what drifts cancels out.
      const order = round % 2 === 1 ? (['resting', 'working'] as const) : (['working', 'resting'] as const);
      for (const [i, kind] of order.entries()) {
        await command(kind === 'resting' ? 'pause' : 'resume');
        const typed = await type(2 * round + i);
        all[kind].push(typed);
        print(kind, typed);
      }
    }
    for (const kind of ['resting', 'working'] as const)
      print(`${kind}, all`, {
        filesMade: all[kind].reduce((sum, { filesMade }) => sum + filesMade, 0),
        records: all[kind].flatMap(({ records }) => records),
      });
  } finally {
    await client.setAllowed(false);
    rmSync(place, { recursive: true, force: true });
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
