import type { BackendOptions, BlockResult, Want } from './backend';
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
  | { kind: 'close'; call: number };

export type WorkerReply =
  | { call: number; result: BlockResult | StateSnapshot | undefined }
  | { call: number; error: { name: string; message: string } };
