import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { InitializeParams } from '../protocol/engine';

/**
 * The files by which the windows of one user find the one engine that they share. All lie in `DATA/engine`, which its
 * owner alone may open.
 */
export interface MeetingPoint {
  /** What the files below have in common. */
  base: string;
  dataFolder: string;
  /** Where the engine listens, and the secret that is known to those alone who may read this file. */
  address: string;
  /** Held by the running engine. The system lets go of it however the engine ends. */
  lock: string;
  socket: string;
  /** What engines wrote to stderr. */
  errors: string;
}

export interface Address {
  /** Path of a Unix socket, or name of a Windows pipe. */
  socket: string;
  secret: string;
  pid: number;
  /** Bytes in the file of errors that are of earlier engines. */
  errorsFrom: number;
}

/** What a started engine tells the window that started it, over the channel that comes with a forked process. */
export interface LaunchMessage {
  /** `taken`: another engine meets its windows here already, this one has ended. */
  kind: 'listening' | 'taken';
}

/** What that window tells the engine at once over the same channel: it will connect, and with these wishes. */
export interface ExpectMessage {
  kind: 'expect';
  params: InitializeParams;
}

/** Another version, another installation or another data folder is another engine. */
export function meetingPoint(dataFolder: string, version: string, program: string): MeetingPoint {
  const what = JSON.stringify([version, program, path.resolve(dataFolder)]);
  const key = createHash('sha256').update(what).digest('hex').slice(0, 16);
  return meetingPointAt(path.join(path.resolve(dataFolder), 'engine', key));
}

/** @param base as in MeetingPoint; the engine is told it on its command line */
export function meetingPointAt(base: string): MeetingPoint {
  return {
    base,
    dataFolder: path.dirname(path.dirname(base)),
    address: `${base}.json`,
    lock: `${base}.lock`,
    socket: `${base}.sock`,
    errors: `${base}.log`,
  };
}

/**
 * What the engine published; undefined where there is none. Read at once rather than by a detour through another thread:
 * the first window waits for it, and the file is small and on this machine.
 */
export function readAddress({ address }: MeetingPoint): Address | undefined {
  try {
    const read = JSON.parse(readFileSync(address, 'utf8')) as Partial<Record<keyof Address, unknown>>;
    const { socket, secret, pid, errorsFrom } = read;
    if (typeof socket !== 'string' || typeof secret !== 'string') return undefined;
    if (typeof pid !== 'number' || typeof errorsFrom !== 'number') return undefined;
    return { socket, secret, pid, errorsFrom };
  } catch {
    return undefined;
  }
}
