/** How often what the model writes is what stood there, measured through the whole completion pipeline. */
import { CONFIDENCE_THRESHOLDS } from '../completion/confidence';
import { previousCut } from '../completion/cuts';
import type { CompletionItem } from '../completion/requests';
import { CompletionSession, type Clock, type Provided } from '../completion/session';
import { UserError } from '../protocol/errors';
import type { EvaluatedEngine } from './evaluated-engine';
import { parseHoles, type Hole, type HoleKind } from './hole';
import { HoleWorkspace } from './hole-workspace';
import { realClock } from './real-clock';
import { editSimilarity, mean, percentile } from './statistics';

export type HoleContext = 'none' | 'file' | 'repo';

export interface HolesOptions {
  context: HoleContext;
  /** This many holes, spread evenly over the file. */
  limit?: number;
  /** Name of the file in messages. */
  name?: string;
  clock?: Clock;
  onProgress?: (done: number, total: number, result: HoleResult) => void;
}

export interface HoleResult {
  id: string;
  language: string;
  kind: HoleKind;
  answer: string;
  confidence: number;
  exact: boolean;
  similarity: number;
  latencyMs: number;
  tokensRead: number;
  /** Of the target, by the model's own reckoning: lower is better. */
  bitsPerCharacter?: number;
  /** Answered before the whole file was read. */
  stillReading: boolean;
  silence?: string;
}

export interface HoleScores {
  n: number;
  exactMatch: number;
  editSimilarity: number;
  /** Share that the editor would not have shown by itself, at the default threshold. */
  silentShare: number;
  /** Exact match of the others; null when there are none. */
  precisionWhenShown: number | null;
}

export interface HolesReport extends HoleScores {
  byLanguage: Record<string, HoleScores>;
  byKind: Record<string, HoleScores>;
  /** One for each tenth of confidence, lowest first. */
  calibration: {
    from: number;
    to: number;
    n: number;
    confidence: number | null;
    exactMatch: number | null;
  }[];
  latencyMs: { p50: number; p95: number };
  tokensReadPerHole: number;
  /** Mean over the holes; null where the engine does not tell. */
  bitsPerCharacter: number | null;
  context: HoleContext;
  /** Share answered from a part of the file, because the engine had not read the whole. */
  stillReadingShare: number;
}

/** Tokens of `before` that context `none` keeps. */
const NEAREST_TOKENS = 1024;

/** `lines`: the text of a file in the format of `eval holes`. @throws UserError for a malformed file */
export async function evaluateHoles(
  lines: string,
  engine: EvaluatedEngine,
  options: HolesOptions,
): Promise<HolesReport> {
  const holes = spread(parseHoles(lines, options.name), options.limit);
  const workspace = options.context === 'repo' ? await HoleWorkspace.create(engine) : undefined;
  const results: HoleResult[] = [];
  try {
    for (const [index, hole] of holes.entries()) {
      const result = await evaluateHole(hole, index, engine, workspace, options);
      results.push(result);
      options.onProgress?.(index + 1, holes.length, result);
    }
  } finally {
    await workspace?.dispose();
  }
  return report(results, options.context);
}

async function evaluateHole(
  hole: Hole,
  index: number,
  engine: EvaluatedEngine,
  workspace: HoleWorkspace | undefined,
  { context, clock = realClock }: HolesOptions,
): Promise<HoleResult> {
  const before = context === 'none' ? await nearest(hole.before, engine) : hole.before;
  const file = await workspace?.show(hole);
  const edited = workspace ? openEdited(hole, index, workspace, engine) : [];
  const uri = `longview-eval:/${index}/${encodeURI(hole.path)}`;
  const view = { uri, version: 1, offset: before.length, before, after: hole.after };
  engine.openDocument({
    uri,
    ...(file !== undefined && { path: file }),
    displayPath: hole.path,
    languageId: hole.language,
    version: 1,
    text: before + hole.after,
  });
  const session = new CompletionSession(
    { complete: (request, signal) => engine.complete(request, signal) },
    clock,
  );
  try {
    const ask = () =>
      session.provide(view, {
        explicit: true,
        multiline: 'auto',
        threshold: 0,
        signal: new AbortController().signal,
      });
    if (workspace) await engine.lookAround?.(uri, before.length);
    let provided = await ask();
    let tokensRead = provided.cost?.tokensRead ?? 0;
    if (provided.stillReading && engine.readAhead) {
      await engine.readAhead();
      provided = await ask();
      tokensRead += provided.cost?.tokensRead ?? 0;
    }
    const at = { uri, version: 1, offset: before.length, multiline: 'auto', explicit: true } as const;
    const nats = await engine.likelihood?.({ ...at, alternatives: 1, threshold: 0 }, hole.target);
    return {
      ...score(hole, provided, tokensRead),
      ...(nats !== undefined && { bitsPerCharacter: -nats / Math.LN2 / hole.target.length }),
    };
  } finally {
    session.dispose();
    engine.closeDocument({ uri });
    for (const other of edited) engine.closeDocument({ uri: other });
  }
}

/** Changes the other files as they were changed before the hole was; they stay open. @returns their URIs */
function openEdited(
  { edited = [] }: Hole,
  index: number,
  workspace: HoleWorkspace,
  engine: EvaluatedEngine,
): string[] {
  return edited.map(({ path, language, text, edits }) => {
    const uri = `longview-eval:/${index}/${encodeURI(path)}`;
    const file = workspace.within(path);
    engine.openDocument({ uri, path: file, displayPath: path, languageId: language, version: 1, text });
    engine.changeDocument({ uri, version: 2, edits });
    return uri;
  });
}

function score(hole: Hole, provided: Provided, tokensRead: number): HoleResult {
  const answer = answerOf(hole, provided.items[0]);
  const [given, wanted] = compared(answer, hole);
  return {
    id: hole.id,
    language: hole.language,
    kind: hole.kind,
    answer,
    confidence: provided.items[0]?.confidence ?? 0,
    exact: given === wanted,
    similarity: editSimilarity(given, wanted),
    latencyMs: provided.latency.total,
    tokensRead,
    stillReading: provided.stillReading,
    ...(provided.silence && { silence: provided.silence }),
  };
}

/** The text between `before` and `after`: without the brackets after the cursor that the suggestion replaces by their like. */
function answerOf({ after, before }: Hole, item: CompletionItem | undefined): string {
  if (!item) return '';
  const replaced = after.slice(0, item.replaceEnd - Math.max(item.replaceStart, before.length));
  const covers = replaced !== '' && item.insertText.endsWith(replaced);
  return covers ? item.insertText.slice(0, -replaced.length) : item.insertText;
}

/** Answer and target as they are compared: LF, no spaces at the end, and one line unless the hole is a block. */
function compared(answer: string, { target, kind }: Hole): [string, string] {
  const texts = [answer, target].map((text) => text.replace(/\r\n?/g, '\n'));
  // A target that begins with its newline is compared from the line that it means.
  const lineBreak = /^\n*/.exec(texts[1]!)![0];
  return texts
    .map((text) => (text.startsWith(lineBreak) ? text.slice(lineBreak.length) : text))
    .map((text) => (kind === 'block' ? text : text.split('\n')[0]!))
    .map((text) => text.trimEnd()) as [string, string];
}

/** The last lines that hold at most 1,024 tokens. */
async function nearest(before: string, engine: EvaluatedEngine): Promise<string> {
  if (!engine.encode) throw new UserError('Context "none" needs an engine that can count tokens.');
  let start = before.length;
  for (let tokens = 0; start > 0;) {
    const cut = previousCut(before, start);
    tokens += (await engine.encode(before.slice(cut, start))).length;
    if (tokens > NEAREST_TOKENS) break;
    start = cut;
  }
  return before.slice(start);
}

function report(results: readonly HoleResult[], context: HoleContext): HolesReport {
  const bits = results.flatMap(({ bitsPerCharacter }) => bitsPerCharacter ?? []);
  const latencies = results.map(({ latencyMs }) => latencyMs);
  return {
    ...scores(results),
    byLanguage: grouped(results, ({ language }) => language),
    byKind: grouped(results, ({ kind }) => kind),
    calibration: calibration(results),
    latencyMs: { p50: percentile(latencies, 0.5), p95: percentile(latencies, 0.95) },
    tokensReadPerHole: mean(results.map(({ tokensRead }) => tokensRead)),
    bitsPerCharacter: bits.length === 0 ? null : mean(bits),
    context,
    stillReadingShare: share(results, ({ stillReading }) => stillReading),
  };
}

function scores(results: readonly HoleResult[]): HoleScores {
  const shown = results.filter((result) => result.confidence >= CONFIDENCE_THRESHOLDS.balanced);
  return {
    n: results.length,
    exactMatch: share(results, ({ exact }) => exact),
    editSimilarity: mean(results.map(({ similarity }) => similarity)),
    silentShare: results.length === 0 ? 0 : 1 - shown.length / results.length,
    precisionWhenShown: shown.length === 0 ? null : share(shown, ({ exact }) => exact),
  };
}

function grouped(
  results: readonly HoleResult[],
  keyOf: (result: HoleResult) => string,
): Record<string, HoleScores> {
  const keys = [...new Set(results.map(keyOf))].sort();
  return Object.fromEntries(
    keys.map((key) => [key, scores(results.filter((result) => keyOf(result) === key))]),
  );
}

function calibration(results: readonly HoleResult[]): HolesReport['calibration'] {
  return Array.from({ length: 10 }, (_, tenth) => {
    const inside = results.filter(({ confidence }) => Math.min(9, Math.floor(confidence * 10)) === tenth);
    return {
      from: tenth / 10,
      to: (tenth + 1) / 10,
      n: inside.length,
      confidence: inside.length === 0 ? null : mean(inside.map(({ confidence }) => confidence)),
      exactMatch: inside.length === 0 ? null : share(inside, ({ exact }) => exact),
    };
  });
}

function share<T>(items: readonly T[], holds: (item: T) => boolean): number {
  return items.length === 0 ? 0 : items.filter(holds).length / items.length;
}

function spread<T>(items: readonly T[], limit = items.length): T[] {
  const count = Math.min(limit, items.length);
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!);
}
