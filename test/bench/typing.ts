/**
 * `npm run bench:typing [-- --keys N --keystroke-ms N --files N --limit MB FOLDER]`: types parts of several files of a folder
 * anew, one after the other and round again, a suggestion asked for at every key as in the editor, and prints the engine's
 * resident memory as it goes. 6,000 keys are what an hour of steady writing takes. Needs `npm run build`, and a system with /proc.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { percentile } from '../../runtime/evaluation/statistics';
import { replay } from '../../runtime/evaluation/replay';
import { root } from '../../scripts/lib/paths.mjs';
import { codeFiles, engineOf, openBenchWindow, regionOf, residentMB } from './windows';

const keysPerRow = 1000;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      keys: { type: 'string', default: '6000' },
      'keystroke-ms': { type: 'string', default: '120' },
      files: { type: 'string', default: '12' },
      limit: { type: 'string', default: '1024' },
    },
    allowPositionals: true,
  });
  const folder = path.resolve(positionals[0] ?? path.join(root, 'runtime'));
  const files = codeFiles(folder).slice(0, Number(values.files));
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'longview-typing-'));
  const client = openBenchWindow(folder, dataFolder, { memoryLimit: Number(values.limit) });
  try {
    await client.setAllowed(true);
    await client.ensureStarted();
    const engine = engineOf(client);
    let samples: number[] = [];
    const timer = setInterval(() => samples.push(residentMB(client.pid!)), 500);
    const medians: number[] = [];
    console.log(
      ['keys', 'MB, median', 'highest', 'of it states', 'p50 ms'].map((cell) => cell.padStart(14)).join(''),
    );
    let keys = 0;
    for (let turn = 0; keys < Number(values.keys); turn++) {
      const file = files[turn % files.length]!;
      const document = { ...file, displayPath: path.relative(folder, file.path), version: 1 };
      const options = { ...regionOf(file.text, turn), keystrokeMs: Number(values['keystroke-ms']) };
      const report = await replay(document, engine, options);
      const before = keys;
      keys += report.keystrokes;
      if (Math.floor(keys / keysPerRow) === Math.floor(before / keysPerRow)) continue;
      medians.push(percentile(samples, 0.5));
      const states = client.status?.memory.statesMB ?? 0;
      const row = [keys, medians.at(-1)!, Math.max(...samples), states, report.latencyMs.p50];
      console.log(row.map((cell) => String(Math.round(cell)).padStart(14)).join(''));
      samples = [];
    }
    clearInterval(timer);
    const later = medians.slice(1);
    const [least, most] = [Math.min(...later), Math.max(...later)];
    const spread = ((100 * (most - least)) / least).toFixed(1);
    console.log(`after the first row between ${Math.round(least)} and ${Math.round(most)} MB: ${spread} %`);
  } finally {
    await client.setAllowed(false);
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
