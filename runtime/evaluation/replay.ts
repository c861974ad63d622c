/** Types a region of a real file again, in real time, and reports what a user would have seen and what it cost. */
import type { Provided } from '../completion/session';
import { UserError } from '../protocol/errors';
import type { CompletionCost } from '../protocol/completion';
import type { TextDocumentItem } from '../protocol/text';
import type { WorkCounters } from '../engine/counted-model';
import type { EvaluatedEngine } from './evaluated-engine';
import { mean, percentile } from './statistics';
import { Typist, type TypingOptions, type TypingRecord } from './typist';

export interface ReplayReport {
  /** Keys pressed: characters (an indentation comes with its Enter, as editors do it) and accepts. */
  keystrokes: number;
  /** Share of keystrokes after which a suggestion was on show before the next one. */
  answeredShare: number;
  /** From key to suggestion, for suggestions that the engine was asked for. */
  latencyMs: { p50: number; p95: number; p99: number };
  /** Means over the same suggestions, milliseconds. */
  latencyParts: { debounce: number; tokenise: number; read: number; decode: number; other: number };
  tokensReadPerKeystroke: { foreground: number; background: number };
  /** Share of shown suggestions that needed no request. */
  reuseRate: number;
  /** Characters that accepted suggestions wrote, less one key for each. */
  keystrokesSaved: number;
  tokensGenerated: number;
  /** Tokens of suggestions that were shown when they came. */
  tokensShown: number;
  accepted: number;
  /** Reasons of the keystrokes without a suggestion. */
  silences: Record<string, number>;
  /** False when tokens of cancelled requests and of background reading are missing above. */
  allTokensCounted: boolean;
}

export async function replay(
  document: TextDocumentItem,
  engine: EvaluatedEngine,
  options: TypingOptions,
): Promise<ReplayReport> {
  const { from, to } = options;
  if (!(from >= 0 && from < to && to <= document.text.length)) {
    throw new UserError(
      `The region to type is not inside ${document.displayPath}: --from must lie before --to.`,
    );
  }
  const counters = () => engine.counters?.();
  const typist = new Typist(document, engine, options);
  const closed = counters();
  engine.openDocument({ ...document, text: document.text.slice(0, from) + document.text.slice(to) });
  try {
    await typist.settleIn();
    const settled = counters();
    await typist.typeAll();
    return report(typist.record, workSince(typist.record, closed, settled, counters()));
  } finally {
    typist.dispose();
    engine.closeDocument({ uri: document.uri });
  }
}

type Work = WorkCounters & { complete: boolean };

/** What was read before the first key counts as background: nobody waited for it. */
function workSince(
  { costs }: TypingRecord,
  closed: WorkCounters | undefined,
  settled: WorkCounters | undefined,
  end: WorkCounters | undefined,
): Work {
  if (!closed || !settled || !end) {
    const sum = (of: (cost: CompletionCost) => number) => costs.reduce((total, cost) => total + of(cost), 0);
    return {
      tokensRead: { foreground: sum(({ tokensRead }) => tokensRead), background: 0 },
      tokensGenerated: sum(({ tokensGenerated }) => tokensGenerated),
      complete: false,
    };
  }
  const settling = settled.tokensRead.foreground - closed.tokensRead.foreground;
  return {
    tokensRead: {
      foreground: end.tokensRead.foreground - settled.tokensRead.foreground,
      background: end.tokensRead.background - closed.tokensRead.background + settling,
    },
    tokensGenerated: end.tokensGenerated - settled.tokensGenerated,
    complete: true,
  };
}

function report(record: TypingRecord, work: Work): ReplayReport {
  const { shown, keystrokes } = record;
  const asked = shown.filter(({ reused }) => reused === undefined);
  const totals = asked.map(({ latency }) => latency.total);
  const part = (of: (provided: Provided) => number) => mean(asked.map(of));
  const parts = {
    debounce: part(({ latency }) => latency.debounce),
    tokenise: part(({ cost }) => cost?.ms.tokenise ?? 0),
    read: part(({ cost }) => cost?.ms.read ?? 0),
    decode: part(({ cost }) => cost?.ms.decode ?? 0),
  };
  const known = Object.values(parts).reduce((sum, value) => sum + value, 0);
  const perKeystroke = (value: number) => value / Math.max(1, keystrokes);
  return {
    keystrokes,
    answeredShare: perKeystroke(record.answered),
    latencyMs: { p50: percentile(totals, 0.5), p95: percentile(totals, 0.95), p99: percentile(totals, 0.99) },
    latencyParts: { ...parts, other: mean(totals) - known },
    tokensReadPerKeystroke: {
      foreground: perKeystroke(work.tokensRead.foreground),
      background: perKeystroke(work.tokensRead.background),
    },
    reuseRate: shown.length === 0 ? 0 : 1 - asked.length / shown.length,
    keystrokesSaved: record.keystrokesSaved,
    tokensGenerated: work.tokensGenerated,
    tokensShown: asked.reduce((sum, { cost }) => sum + (cost?.tokensGenerated ?? 0), 0),
    accepted: record.accepted,
    silences: record.silences,
    allTokensCounted: work.complete,
  };
}
