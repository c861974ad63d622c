import type { BackendOptions, BlockResult, Want } from './backend';
import type { EncoderOptions } from './encoder';
import type { StateSnapshot } from './snapshot';

/** To the worker. Those with a `call` are answered under that number; the others only report when they fail. */
export type WorkerRequest =
  | { kind: 'open'; call: number; options: BackendOptions }
  | { kind: 'openDevice'; call: number; options: BackendOptions }
  | { kind: 'create'; state: number }
  | { kind: 'fork'; state: number; from: number }
  | { kind: 'release'; state: number }
  | { kind: 'run'; call: number; state: number; ids: readonly number[]; want: Want; onDevice?: boolean }
  | { kind: 'export'; call: number; state: number }
  | { kind: 'import'; call: number; state: number; snapshot: StateSnapshot }
  | { kind: 'openEncoder'; call: number; options: EncoderOptions }
  | { kind: 'encode'; call: number; texts: readonly (readonly number[])[] }
  | { kind: 'close'; call: number };

export type WorkerResult = BlockResult | StateSnapshot | Float32Array[] | undefined;

export type WorkerReply =
  { call: number; result: WorkerResult } | { call: number; error: { name: string; message: string } };
