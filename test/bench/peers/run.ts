/**
 * `npm run bench:peers`: Longview beside llama.cpp with the same random weights, on this machine, run by run in turn:
 * reading, decoding, and the next token after an edit. Installs node-llama-cpp into this folder when first run.
 */
import { execFileSync, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { percentile } from '../../../runtime/evaluation/statistics';
import { table } from '../../../runtime/cli/output';
import { randomModel } from '../../../runtime/models/random-model';
import { writeMamba2Gguf, type Quant } from './mamba2-gguf';
import type { Cost, Job } from './serve';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'random:mamba2-130m' },
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '5' },
    'read-tokens': { type: 'string', default: '1024' },
    'decode-tokens': { type: 'string', default: '32' },
    'edit-tokens': { type: 'string', default: '16384' },
    ours: { type: 'string', default: 'w8u,int8,int4' },
    theirs: { type: 'string', default: 'q8_0,q4_0' },
    json: { type: 'boolean', default: false },
  },
});
const folder = import.meta.dirname;
const cache = path.join(folder, '../../../.cache/bench-peers');
const { description, checkpoint } = randomModel(values.model);

interface Contestant {
  name: string;
  process: ChildProcess;
  costs: Record<string, Cost[]>;
}

/** Ordinary ids, spread over the vocabulary; another `start` gives others. */
const ids = (count: number, start = 0) =>
  Array.from({ length: count }, (_, i) => 64 + (((i + start) * 7919) % (description.vocabulary - 64)));

function install(): void {
  if (existsSync(path.join(folder, 'node_modules/node-llama-cpp'))) return;
  console.error('Installing node-llama-cpp (725 MB)');
  // Not `npm ci`: it refuses a lock file without the packages of other platforms, which not every registry has.
  execFileSync('npm', ['install', '--ignore-scripts', '--no-save', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
  });
}

function gguf(quant: Quant): string {
  const file = path.join(cache, `${values.model.replace(/\W/g, '-')}-${quant}.gguf`);
  if (existsSync(file)) return file;
  console.error(`Writing ${path.relative(process.cwd(), file)}`);
  writeMamba2Gguf(`${file}.tmp`, description, checkpoint, quant);
  renameSync(`${file}.tmp`, file);
  return file;
}

async function start(engine: string, form: string, place: string): Promise<Contestant> {
  const args = [engine, form, values.model, place, values.threads];
  const child = fork(path.join(folder, 'serve.ts'), args, { stdio: ['ignore', 2, 2, 'ipc'] });
  const [message] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => {
      throw new Error(`${engine} ${form} did not start`);
    }),
  ])) as [{ ready: string }];
  return { name: message.ready, process: child, costs: {} };
}

async function measure({ process: child, costs }: Contestant, label: string, job: Job): Promise<void> {
  child.send(job);
  const [cost] = (await once(child, 'message')) as [Cost];
  (costs[label] ??= []).push(cost);
}

install();
mkdirSync(cache, { recursive: true });
const list = (text: string) => text.split(',').filter((item) => item !== '');
const contestants: Contestant[] = [];
for (const form of list(values.theirs)) contestants.push(await start('llama.cpp', form, gguf(form as Quant)));
for (const form of list(values.ours)) contestants.push(await start('longview', form, cache));

const [readTokens, decodeTokens, editTokens, rounds] = (
  ['read-tokens', 'decode-tokens', 'edit-tokens', 'rounds'] as const
).map((name) => Number(values[name])) as [number, number, number, number];
const editAt = Math.floor(editTokens * 0.9);
/** The text with another token at the edit, each time a new one. */
const edited = (round: number) => {
  const text = ids(editTokens);
  text[editAt] = 64 + round;
  return text;
};
for (let round = 0; round < rounds; round++)
  for (const contestant of contestants) {
    await measure(contestant, 'read', { kind: 'read', ids: ids(readTokens) });
    await measure(contestant, 'decode', { kind: 'decode', ids: ids(decodeTokens, readTokens) });
  }
if (editTokens > 0) {
  for (const contestant of contestants) {
    await measure(contestant, 'cold', { kind: 'next', ids: ids(editTokens) });
    await measure(contestant, 'same', { kind: 'next', ids: ids(editTokens) });
  }
  for (let round = 0; round < 3; round++)
    for (const contestant of contestants) {
      await measure(contestant, 'edit', { kind: 'next', ids: edited(round) });
      await measure(contestant, 'type', { kind: 'next', ids: [...edited(round), 64 + round] });
    }
}
for (const { process: child } of contestants) child.disconnect();

const median = (costs: Cost[] | undefined, key: keyof Cost) =>
  percentile(
    (costs ?? []).map((cost) => cost[key]),
    0.5,
  );
const least = (costs: Cost[] | undefined, key: keyof Cost) =>
  Math.min(...(costs ?? []).map((cost) => cost[key]));
const results = contestants.map(({ name, costs }) => ({
  name,
  readTokensPerSecond: (1000 * readTokens) / median(costs.read, 'ms'),
  readCpuMsPerToken: median(costs.read, 'cpuMs') / readTokens,
  readCpuMsPerTokenLeast: least(costs.read, 'cpuMs') / readTokens,
  decodeMsPerToken: median(costs.decode, 'ms') / decodeTokens,
  decodeCpuMsPerToken: median(costs.decode, 'cpuMs') / decodeTokens,
  decodeCpuMsPerTokenLeast: least(costs.decode, 'cpuMs') / decodeTokens,
  ...Object.fromEntries(
    ['cold', 'same', 'edit', 'type'].map((label) => [
      label,
      { ms: median(costs[label], 'ms'), cpuMs: median(costs[label], 'cpuMs') },
    ]),
  ),
}));
if (values.json) console.log(JSON.stringify(results));
else {
  const cell = (costs: Cost[] | undefined) =>
    costs
      ? `${(median(costs, 'ms') / 1000).toFixed(2)} / ${(median(costs, 'cpuMs') / 1000).toFixed(2)}`
      : '-';
  console.log(`${values.model}, ${values.threads} threads; medians, with the least in brackets\n`);
  console.log(
    table([
      ['', 'read tokens/s', 'read CPU ms/token', 'decode ms/token', 'decode CPU ms/token'],
      ...results.map((r) => [
        r.name,
        Math.round(r.readTokensPerSecond),
        `${r.readCpuMsPerToken.toFixed(2)} (${r.readCpuMsPerTokenLeast.toFixed(2)})`,
        r.decodeMsPerToken.toFixed(1),
        `${r.decodeCpuMsPerToken.toFixed(1)} (${r.decodeCpuMsPerTokenLeast.toFixed(1)})`,
      ]),
    ]),
  );
  if (editTokens > 0) {
    console.log(`\nTo the next token, ${editTokens} tokens, edit at 90 %: seconds / CPU seconds\n`);
    const kinds = ['cold', 'same', 'edit', 'type'] as const;
    const rows = contestants.map(({ name, costs }) => [name, ...kinds.map((kind) => cell(costs[kind]))]);
    console.log(table([['', ...kinds], ...rows]));
  }
}
