/**
 * `npm run bench:memory [-- --limit MB --windows N --files N FOLDER...]`: one engine, several windows on folders of their own, which
 * open files, ask for suggestions, index, ask and summarise; prints the engine's resident memory after each stage and its
 * highest within it. Fails where it passed the limit. Needs `npm run build`, and a system with /proc.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { EngineClient } from '../../extension/engine/engine-client';
import { Ask, Complete, DocumentOpened, IndexCommand, Summarize } from '../../runtime/protocol/methods';
import { root } from '../../scripts/lib/paths.mjs';
import { codeFiles, openBenchWindow, residentMB, type CodeFile } from './windows';

interface Window {
  client: EngineClient;
  /** The largest of its folder. */
  files: CodeFile[];
  toSummarise: CodeFile;
}

/** Runs one stage in all windows at once, and watches the engine meanwhile. */
async function stage(
  name: string,
  windows: Window[],
  job: (window: Window) => Promise<unknown>,
): Promise<number> {
  const pid = windows[0]!.client.pid!;
  let highest = 0;
  const look = () => (highest = Math.max(highest, residentMB(pid)));
  const timer = setInterval(look, 20);
  await Promise.all(windows.map(job));
  clearInterval(timer);
  look();
  const states = Math.round(windows[0]!.client.status?.memory.statesMB ?? 0);
  const row = [name.padEnd(34), Math.round(residentMB(pid)), Math.round(highest), states];
  console.log(row.map((cell) => String(cell).padStart(8)).join(' '));
  return highest;
}

async function complete({ client, files }: Window, places: number): Promise<void> {
  for (let place = 1; place <= places; place++) {
    for (const { uri, text } of files) {
      const offset = text.indexOf('\n', Math.floor((text.length * place) / (places + 1)));
      await client.request(Complete, {
        uri,
        version: 1,
        offset: Math.max(0, offset),
        explicit: true,
        multiline: 'auto',
        threshold: 0,
        alternatives: 1,
      });
    }
  }
}

async function index({ client }: Window): Promise<void> {
  await client.request(IndexCommand, { command: 'resume' });
  while (client.indexStatus?.state !== 'ready') await sleep(100);
}

async function main(): Promise<boolean> {
  const { values, positionals } = parseArgs({
    options: {
      limit: { type: 'string', default: '1024' },
      windows: { type: 'string', default: '3' },
      // Open in each window.
      files: { type: 'string', default: '3' },
    },
    allowPositionals: true,
  });
  const limit = Number(values.limit);
  const filesPerWindow = Number(values.files);
  // Of many files one suggestion each says enough.
  const places = filesPerWindow > 10 ? 1 : 2;
  const own = ['runtime', 'extension', 'test'].map((name) => path.join(root, name));
  const folders = positionals.length > 0 ? positionals.map((folder) => path.resolve(folder)) : own;
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'longview-memory-'));
  const windows = Array.from({ length: Number(values.windows) }, (_, n): Window => {
    const folder = folders[n % folders.length]!;
    const files = codeFiles(folder);
    const client = openBenchWindow(folder, dataFolder, { memoryLimit: limit });
    return { client, files: files.slice(0, filesPerWindow), toSummarise: files.at(-1)! };
  });
  try {
    for (const { client } of windows) {
      await client.setAllowed(true);
      await client.ensureStarted();
    }
    const engines = new Set(windows.map(({ client }) => client.pid));
    console.log(`${windows.length} windows, ${engines.size} engine, limit ${limit} MB`);
    console.log(['stage'.padEnd(34), 'MB after', ' highest', '  states'].join(' '));
    const peaks = [
      await stage('connected', windows, () => sleep(2_000)),
      await stage('files opened', windows, async ({ client, files }) => {
        for (const file of files)
          client.notify(DocumentOpened, { ...file, displayPath: path.basename(file.path), version: 1 });
        await sleep(1_000);
      }),
      await stage('suggestions', windows, (window) => complete(window, places)),
      await stage('indexed', windows, index),
      await stage('read in quiet moments', windows, () => sleep(10_000)),
      await stage('suggestions while indexing again', windows, async (window) => {
        await window.client.request(IndexCommand, { command: 'rebuild' });
        await Promise.all([complete(window, 1), index(window)]);
      }),
      await stage('a question and a summary', windows, async ({ client, toSummarise }) => {
        await client.request(Ask, { question: 'How are states kept?', folders: [], limit: 8 });
        await client.request(Summarize, { path: toSummarise.path });
      }),
    ];
    const highest = Math.max(...peaks);
    console.log(`highest ${Math.round(highest)} MB of ${limit} MB`);
    return highest <= limit && engines.size === 1;
  } finally {
    await Promise.all(windows.map(({ client }) => client.setAllowed(false)));
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

main().then(
  (ok) => process.exit(ok ? 0 : 1),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
