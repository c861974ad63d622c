/** The results of a card, kept in a file so that a run that was cut short goes on where it stopped. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { UserError, messageOf } from '../protocol/errors';
import type { CardJob } from './card-plan';

export interface CardResult {
  seconds: number;
  /** What the command printed. */
  output?: unknown;
  /** Why it printed nothing. */
  error?: string;
}

export interface CardFile {
  machine: Record<string, string>;
  /** By the job's id. */
  results: Record<string, CardResult>;
}

/** @throws UserError where the file holds something else */
export function readCardFile(file: string, machine: Record<string, string>): CardFile {
  if (!existsSync(file)) return { machine, results: {} };
  try {
    const { results } = JSON.parse(readFileSync(file, 'utf8')) as Partial<CardFile>;
    if (results) return { machine, results };
  } catch (error) {
    throw notResults(file, messageOf(error));
  }
  throw notResults(file, 'no results in it');
}

function notResults(file: string, why: string): UserError {
  return new UserError(
    `${file} holds no results of "bench card" (${why}). Name another file with --out, or delete it.`,
  );
}

/** Whole or not at all. */
export function writeCardFile(file: string, content: CardFile): void {
  writeFileSync(`${file}.tmp`, `${JSON.stringify(content, undefined, 1)}\n`);
  renameSync(`${file}.tmp`, file);
}

/** Those that have not been done; what failed is tried again. */
export function remainingJobs(jobs: readonly CardJob[], { results }: CardFile): CardJob[] {
  return jobs.filter(({ id }) => results[id]?.output === undefined);
}
