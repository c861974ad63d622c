/** The engine process: what it is told at start, what it reports about itself. */

export interface WorkspaceFolder {
  path: string;
  name: string;
}

export interface EngineSettings {
  completionModel: string;
  /** The model that writes answers; empty or absent = none does. */
  chatModel?: string;
  /**
   * auto = cpu: a graphics card that is made of software cannot be told from a real one. mixed: the CPU, and the GPU reads long
   * texts.
   */
  provider: 'auto' | 'cpu' | 'webgpu' | 'mixed';
  /** MB, weights included, all windows together: where they differ, the smallest counts. */
  memoryLimit: number;
  /** 0 = half the cores. */
  threads: number;
  indexEnabled: boolean;
  /** auto = the model re-orders the passages of an answer, as far as a second suffices; absent = off. */
  rerank?: 'off' | 'auto';
  backgroundReading: 'idle' | 'off';
  /** MB of states on disk, 0 = none stays there; absent = none is saved, and those of others are left alone. */
  storageLimit?: number;
  /** Extra exclude globs from the editor (files.exclude, search.exclude), true entries only. */
  excludeGlobs: string[];
}

/** Tokens of other files that a completion's prompt may begin with; 0 = none. */
export interface ContextBudget {
  /** Declarations of what the file imports. */
  imports: number;
  /** Passages of other files that resemble the code around the cursor. */
  similar: number;
  /** Pieces of other files that the user has just changed. */
  edits: number;
}

export interface InitializeParams {
  /** Folder for index, caches and states, readable by its owner alone; one engine has one. */
  dataFolder: string;
  /** Folder that holds the embedded models. */
  modelsFolder: string;
  workspaceFolders: WorkspaceFolder[];
  settings: EngineSettings;
  /** Language ids of the documents on the screen: where the model knows one of them, it is loaded at once. */
  visibleLanguages?: string[];
  /** Form of the weights; absent = the model's own. For measurements. */
  precision?: 'float32' | 'float16' | 'w8u' | 'w8m' | 'int8' | 'int4';
  /** Absent = what was measured to help. For measurements. */
  context?: ContextBudget;
}

export interface InitializeResult {
  pid: number;
  version: string;
}

/** `unloaded`: no model in memory, the next request loads it. */
export type ModelState = 'unloaded' | 'loading' | 'ready' | 'failed';

export interface EngineStatus {
  model: {
    name: string;
    state: ModelState;
    languages: string[];
    provider?: string;
    /** Why it runs on the CPU where the GPU was asked for. */
    fallback?: string;
    precision?: string;
    loadMs?: number;
    /** A sentence that names the thing and the remedy. */
    error?: string;
  };
  /** What the engine does at this moment. */
  activity: 'idle' | 'completing' | 'answering' | 'summarising' | 'reading';
  memory: { residentMB: number; statesMB: number; limitMB: number };
  /** What was read and need not be read again: tokens that can be resumed from memory, states and their bytes on disk. */
  kept: { states: number; tokens: number; savedStates: number; savedMB: number };
}

export interface DoctorItem {
  title: string;
  value: string;
  /** What to do about it, where something is wrong or could be better. */
  advice?: string;
  level: 'ok' | 'info' | 'warning' | 'error';
}

export interface DoctorReport {
  sections: { title: string; items: DoctorItem[] }[];
}

export interface LogRecord {
  time: string;
  level: 'trace' | 'debug' | 'info' | 'warn' | 'error';
  scope: string;
  message: string;
  /** Plain values only; never source text. */
  fields?: Record<string, string | number | boolean>;
}
