import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { findRoot } from '../../engine/assets';
import { cardJobs, cardModels, cardParts, type CardJob, type CardPart } from '../../evaluation/card-plan';
import { cardReport } from '../../evaluation/card-report';
import { readCardFile, remainingJobs, writeCardFile, type CardResult } from '../../evaluation/card-results';
import { graphicsCards } from '../../evaluation/gpu-memory';
import { messageOf, throwIfAborted } from '../../protocol/errors';
import { UsageError, parse, wholeNumber } from '../options';
import { note, print, printJson } from '../output';
import type { Command } from './index';

export const benchCard: Command = {
  name: 'bench card',
  usage:
    'bench card [--only decode,parity,state,memory] [--models A,B] [--seconds 900] [--job-seconds 240] [--limit-seconds 20] [--fixtures DIR] [--out FILE] [--json]',
  summary: 'Everything that is measured on a graphics card, one process after the other.',
  details:
    'Reading and writing with floors on the card, of each model and of a Transformer of its size, and on the CPU (8 threads);\n' +
    'parity, if its fixtures are there (test/fixtures); the size of states; memory over 10,000 tokens. --seconds ends it all, --job-seconds each\n' +
    'process, --limit-seconds the reading of one length. Results are kept in FILE (longview-card.json): the same command goes on\n' +
    'where it stopped. Models that are made on the way take up to 20 GB in a temporary folder, or lie in --data and stay.',
  async run(args, signal) {
    const { values } = parse(args, {
      only: { type: 'string' },
      models: { type: 'string' },
      seconds: { type: 'string' },
      'job-seconds': { type: 'string' },
      'limit-seconds': { type: 'string' },
      fixtures: { type: 'string' },
      out: { type: 'string' },
    });
    const own = path.join(findRoot(__dirname), 'test', 'fixtures');
    const fixtures = values.fixtures === undefined ? own : path.resolve(values.fixtures);
    const jobs = cardJobs({
      parts: partsOf(values.only),
      models: values.models?.split(',') ?? cardModels,
      threads: wholeNumber('threads', values.threads, Math.min(8, availableParallelism()), 1),
      limitSeconds: wholeNumber('limit-seconds', values['limit-seconds'], 20, 1),
      ...(existsSync(fixtures) && { fixtures }),
    });
    const times = {
      all: wholeNumber('seconds', values.seconds, 900, 1),
      job: wholeNumber('job-seconds', values['job-seconds'], 240, 1),
    };
    const file = path.resolve(values.out ?? 'longview-card.json');
    const content = readCardFile(file, await machine());
    await inFolder(values.data, async (data) => {
      const ends = performance.now() + 1000 * times.all;
      const left = remainingJobs(jobs, content);
      for (const [i, job] of left.entries()) {
        const seconds = Math.min(times.job, (ends - performance.now()) / 1000);
        if (seconds < 1) {
          note(`${left.length - i} jobs are left: the same command goes on with them.`);
          break;
        }
        note(`${i + 1} of ${left.length}: ${job.id}`);
        content.results[job.id] = await runJob(job, data, seconds, signal);
        writeCardFile(file, content);
      }
    });
    if (values.json) printJson(content);
    else print(cardReport(content));
  },
};

function partsOf(only: string | undefined): readonly CardPart[] {
  const names = only?.split(',') ?? cardParts;
  const unknown = names.filter((name) => !(cardParts as readonly string[]).includes(name));
  if (unknown.length > 0)
    throw new UsageError(`--only takes ${cardParts.join(', ')}, not "${unknown.join(', ')}".`);
  return names as readonly CardPart[];
}

/** Never throws for what a job does: the next one may do better. */
async function runJob(
  { args }: CardJob,
  data: string,
  limitSeconds: number,
  signal: AbortSignal,
): Promise<CardResult> {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const command = [process.argv[1]!, ...args, '--data', data, '--json'];
  // A process that waits for a graphics driver may not heed a gentler signal.
  const options = {
    signal,
    timeout: Math.ceil(1000 * limitSeconds),
    killSignal: 'SIGKILL',
    maxBuffer: 1 << 26,
  } as const;
  try {
    const { stdout } = await promisify(execFile)(process.execPath, command, options);
    return { seconds: seconds(), output: JSON.parse(stdout) as unknown };
  } catch (error) {
    throwIfAborted(signal);
    return { seconds: seconds(), error: reasonOf(error as Error & { killed?: boolean; stderr?: string }) };
  }
}

function reasonOf(error: Error & { killed?: boolean; stderr?: string }): string {
  if (error.killed) return 'took too long';
  return error.stderr?.trim().split('\n').at(-1) || messageOf(error);
}

async function machine(): Promise<Record<string, string>> {
  const gpu = await graphicsCards();
  return {
    ...(gpu !== undefined && { GPU: gpu }),
    CPU: `${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores`,
    system: `${process.platform} ${process.arch}, Node.js ${process.version}`,
  };
}

/** Random models take gigabytes: unless a folder is named they go when all is done. */
async function inFolder(named: string | undefined, job: (folder: string) => Promise<void>): Promise<void> {
  if (named !== undefined) return job(path.resolve(named));
  const folder = await mkdtemp(path.join(tmpdir(), 'longview-card-'));
  try {
    await job(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
