/**
 * The status item as a state machine: what is known (`StatusFacts`), how events change it (`reduceStatus`), and the one
 * state that is shown for it (`statusKind`). Pure, so that every combination can be tested.
 */
import type { CompletionCost } from '../../runtime/protocol/completion';
import type { EngineStatus } from '../../runtime/protocol/engine';
import type { IndexStatus } from '../../runtime/protocol/index-status';
import type { Notice } from '../../runtime/protocol/webview';
import type { EngineState } from '../engine/engine-state';

/** The document in the active editor, as far as completion is concerned. */
export interface ActiveDocument {
  languageId: string;
  /** One of the schemes that Longview reads. */
  readable: boolean;
  tooLarge: boolean;
  trigger: 'automatic' | 'manual' | 'off';
}

export interface StatusFacts {
  enabled: boolean;
  trusted: boolean;
  /** Completions are silent; `until` is undefined when snoozed until the window closes. */
  snoozed: boolean;
  engine: EngineState;
  status?: EngineStatus;
  index?: IndexStatus;
  document?: ActiveDocument;
  /** Completion requests under way. */
  completing: number;
  lastCost?: CompletionCost;
}

export type StatusEvent =
  | { type: 'enabled'; enabled: boolean }
  | { type: 'trusted'; trusted: boolean }
  | { type: 'snoozed'; snoozed: boolean }
  | { type: 'engine'; engine: EngineState }
  | { type: 'status'; status: EngineStatus | undefined }
  | { type: 'index'; index: IndexStatus | undefined }
  | { type: 'document'; document: ActiveDocument | undefined }
  | { type: 'completionStarted' }
  | { type: 'completionEnded'; cost?: CompletionCost };

export type StatusKind =
  | 'untrusted'
  | 'off'
  | 'failed'
  | 'restarting'
  | 'asleep'
  | 'starting'
  | 'loading'
  | 'snoozed'
  | 'completing'
  | 'answering'
  | 'summarising'
  | 'language-off'
  | 'language-unknown'
  | 'too-large'
  | 'indexing'
  | 'index-paused'
  | 'index-failed'
  | 'manual'
  | 'ready';

const problems = [
  'untrusted',
  'off',
  'failed',
  'restarting',
  'index-failed',
] as const satisfies readonly (StatusKind & Notice['kind'])[];

/** States in which the panel must say, too, why it cannot work. */
export function isProblem(kind: StatusKind): kind is Notice['kind'] {
  return problems.some((problem) => problem === kind);
}

export const initialFacts: StatusFacts = {
  enabled: false,
  trusted: true,
  snoozed: false,
  engine: { kind: 'stopped' },
  completing: 0,
};

export function reduceStatus(facts: StatusFacts, event: StatusEvent): StatusFacts {
  switch (event.type) {
    case 'enabled':
      return { ...facts, enabled: event.enabled };
    case 'trusted':
      return { ...facts, trusted: event.trusted };
    case 'snoozed':
      return { ...facts, snoozed: event.snoozed };
    case 'engine':
      // What an engine said of itself ends with it.
      return event.engine.kind === 'running'
        ? { ...facts, engine: event.engine }
        : { ...facts, engine: event.engine, status: undefined, index: undefined };
    case 'status':
      return { ...facts, status: event.status };
    case 'index':
      return { ...facts, index: event.index };
    case 'document':
      return { ...facts, document: event.document };
    case 'completionStarted':
      return { ...facts, completing: facts.completing + 1 };
    case 'completionEnded':
      return {
        ...facts,
        completing: Math.max(0, facts.completing - 1),
        ...(event.cost && { lastCost: event.cost }),
      };
  }
}

/** What to show. Reasons why nothing can work come first, then work under way, then what concerns this document alone. */
export function statusKind(facts: StatusFacts): StatusKind {
  if (!facts.trusted) return 'untrusted';
  if (!facts.enabled) return 'off';
  if (facts.engine.kind === 'failed' || facts.status?.model.state === 'failed') return 'failed';
  if (facts.engine.kind === 'restarting') return 'restarting';
  if (facts.engine.kind === 'stopped') return 'asleep';
  if (facts.engine.kind === 'starting' || !facts.status) return 'starting';
  if (facts.status.model.state === 'loading') return 'loading';
  if (facts.status.activity === 'answering') return 'answering';
  if (facts.status.activity === 'summarising') return 'summarising';
  if (facts.snoozed) return 'snoozed';
  return (
    documentKind(facts) ??
    indexKind(facts.index) ??
    (facts.document?.trigger === 'manual' ? 'manual' : 'ready')
  );
}

function documentKind({ document, status, completing }: StatusFacts): StatusKind | undefined {
  if (!document?.readable) return undefined;
  if (document.trigger === 'off') return 'language-off';
  const languages = status?.model.languages ?? [];
  if (languages.length > 0 && !languages.includes(document.languageId)) return 'language-unknown';
  if (document.tooLarge) return 'too-large';
  return completing > 0 || status?.activity === 'completing' ? 'completing' : undefined;
}

function indexKind(index: IndexStatus | undefined): StatusKind | undefined {
  switch (index?.state) {
    case 'scanning':
    case 'indexing':
      return 'indexing';
    case 'paused':
      return 'index-paused';
    case 'failed':
      return 'index-failed';
    default:
      return undefined;
  }
}

/** Whole per cent of the files indexed; 0 while their number is not known. */
export function indexPercent(index: IndexStatus | undefined): number {
  if (!index || index.filesTotal === 0) return 0;
  return Math.min(100, Math.floor((100 * index.filesDone) / index.filesTotal));
}
