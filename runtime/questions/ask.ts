/**
 * A question about the workspace: passages out, ranked, quoted and checked against the files. A model may re-order them,
 * and once they are shown write a line about what each of them does, or, where it can, an answer from them.
 */
import { isCancelled, messageOf } from '../protocol/errors';
import type { AskProgress, AskRequest, AskResponse, Passage } from '../protocol/questions';
import type { Describer, Evidence, EvidenceIndex } from './evidence';
import { leadEvidence, ledBy } from './lead';
import type { ReadingModel } from './likelihood';
import { ownNotes, writeNotes } from './notes';
import { isAboutNames, propose } from './propose';
import { rerank, RERANKED } from './rerank';
import { verifyPassage } from './verify';
import type { AnswerWriter } from './write-answer';

export interface AskDependencies {
  index: EvidenceIndex;
  /** Absent: the words alone decide. */
  model?: ReadingModel;
  /** Milliseconds for re-ranking; 0 = none. */
  rerankBudgetMs: number;
  /** Absent: passages come without notes. */
  describer?: Describer;
  /** Absent: the passages are the answer. */
  writer?: AnswerWriter;
}

export interface AskOptions {
  signal?: AbortSignal;
  onProgress?: (progress: AskProgress) => void;
}

/** Passages that the index proposes. */
const PROPOSED = 50;
const MOST_PASSAGES = 50;

/** Throws only when aborted, or when the index itself fails. */
export async function askWorkspace(
  request: AskRequest,
  dependencies: AskDependencies,
  options: AskOptions = {},
): Promise<AskResponse> {
  const { index, model, rerankBudgetMs, describer, writer } = dependencies;
  const { signal, onProgress } = options;
  const started = performance.now();
  signal?.throwIfAborted();
  onProgress?.({ stage: 'searching' });
  const status = index.status();
  const limit = Math.max(1, Math.min(request.limit, MOST_PASSAGES));
  const { folders, files = [], leaveOut = [] } = request;
  const lead = request.lead && (await leadEvidence(request.lead, index, describer));
  const asked = { ...request, about: request.about ?? lead?.text };
  const searches = status.state !== 'off' && !request.lead?.only;
  const close =
    searches && !isAboutNames(asked)
      ? await index.closeTo?.(request.question, { folders, files }, signal)
      : undefined;
  const scope = { folders, files, leaveOut, limit: PROPOSED, close };
  const found = searches ? propose(asked, index, scope) : [];
  const searched = performance.now();

  let ordered = found;
  let scored = 0;
  if (model && rerankBudgetMs > 0 && found.length > 1) {
    onProgress?.({ stage: 'reranking', done: 0, total: Math.min(found.length, RERANKED) });
    const report = (done: number, total: number) => onProgress?.({ stage: 'reranking', done, total });
    ({ evidence: ordered, scored } = await rerank(found, request.question, model, {
      budgetMs: rerankBudgetMs,
      signal,
      onProgress: report,
    }));
  }
  const reranked = performance.now();

  const { passages, texts } = await quote(
    lead ? ledBy(lead, ordered) : ordered,
    { question: request.question, index, limit, seen: lead && [lead.path, lead.fileText] },
    signal,
  );
  const unwritten =
    describer === undefined ? undefined : await ownNotes(passages, (path) => texts.get(path), describer);
  const ended = performance.now();
  const response: AskResponse = {
    passages,
    indexed: status.filesTotal > 0 ? status.filesDone / status.filesTotal : 0,
    filesSearched: status.filesDone,
    reranked: scored > 1,
    ...(close && { byMeaning: true }),
    ms: { search: searched - started, rerank: reranked - searched, total: ended - started },
    ...(passages.length === 0 ? { nothingFound: whyNothing(status) } : {}),
  };
  const writes = writer !== undefined && passages.length > 0;
  const notes = writes || !unwritten ? new Map() : unwritten;
  if (writes || notes.size > 0)
    onProgress?.({ stage: 'passages', response: structuredClone(response), unwritten: [...notes.keys()] });
  if (writes) return { ...response, ...(await written(passages, writer, options)) };
  await writeNotes(passages, notes, onProgress, signal);
  return response;
}

/** Passages are worth showing without what a model would write about them. Rejects when aborted before a word was written. */
async function written(
  passages: readonly Passage[],
  writer: AnswerWriter,
  { signal, onProgress }: AskOptions,
): Promise<Pick<AskResponse, 'answer' | 'answerProblem'>> {
  try {
    const answer = await writer(passages, {
      signal,
      onStart: (model) => onProgress?.({ stage: 'answer', model }),
      onPiece: (text) => onProgress?.({ stage: 'piece', text }),
    });
    return { answer };
  } catch (error) {
    if (isCancelled(error)) throw error;
    return { answerProblem: messageOf(error) };
  }
}

interface Quoting extends Pick<AskDependencies, 'index'> {
  question: string;
  limit: number;
  /** A file's path and its text as the user sees it, which may be ahead of the disk. */
  seen?: [path: string, text: string];
}

/** The first `limit` passages that still stand in their files, numbered from 1, and the texts of the files looked at. */
async function quote(
  ordered: readonly Evidence[],
  { question, index, limit, seen }: Quoting,
  signal?: AbortSignal,
): Promise<{ passages: Passage[]; texts: ReadonlyMap<string, string | undefined> }> {
  const passages: Passage[] = [];
  const texts = new Map<string, string | undefined>(seen && [seen]);
  const stale = new Map<string, 'changed' | 'deleted'>();
  for (const item of ordered) {
    if (passages.length === limit) break;
    signal?.throwIfAborted();
    if (!texts.has(item.path)) texts.set(item.path, await index.read(item.path));
    const fileText = texts.get(item.path);
    const verified = fileText === undefined ? undefined : verifyPassage(fileText, item.range, item.text);
    if (!verified || verified.range.startLine !== item.range.startLine)
      stale.set(item.path, fileText === undefined ? 'deleted' : 'changed');
    if (!verified) continue;
    passages.push({
      number: passages.length + 1,
      citation: { path: item.path, displayPath: item.displayPath, range: verified.range },
      languageId: item.languageId,
      title: item.title,
      text: verified.text,
      highlights: index.highlights(question, verified.text),
      score: item.score,
    });
  }
  // The index learns of it, so that the next question finds the new text.
  if (stale.size > 0) index.applyChanges([...stale].map(([path, kind]) => ({ path, kind })));
  return { passages, texts };
}

function whyNothing(status: {
  state: string;
  filesDone: number;
  filesTotal: number;
}): AskResponse['nothingFound'] {
  if (status.state === 'off') return 'index-disabled';
  if (status.filesDone > 0) return 'no-match';
  return status.state === 'ready' && status.filesTotal === 0 ? 'empty-workspace' : 'index-empty';
}
