/**
 * `longview eval retrieval`: how early the right lines stand among the passages, by method, on questions with known
 * answers. The folder is indexed afresh in a place of its own, as the product indexes it.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LanguageModel } from '../inference/language-model';
import type { TextEncoder } from '../inference/text-encoder';
import { rerank, type Evidence } from '../questions';
import { Checkpoints } from '../state/checkpoints';
import { WorkspaceIndex } from '../retrieval';
import { PlainRanking } from './plain-ranking';
import { parseQuestions, scoreRanks, type MethodScore, type RetrievalQuestion } from './retrieval-score';

export interface RetrievalEvaluation {
  questions: number;
  files: number;
  chunks: number;
  /** Re-ranking's time limit per question, where it ran. */
  rerankBudgetMs?: number;
  methods: Partial<Record<RetrievalMethod, MethodScore>>;
}

/**
 * `lexical-plain`: the store's own BM25 over the same chunks; `lexical`: words alone; `vector`: by an
 * encoder alone; `hybrid`: words, the graph of imports and references and, where there is an encoder, vectors; `reranked`: that order, revised by the model.
 */
export type RetrievalMethod = 'lexical-plain' | 'lexical' | 'vector' | 'hybrid' | 'reranked';

export interface RetrievalEvaluationOptions {
  /** JSONL: `{"question","path","startLine","endLine"}`, lines from 1, paths relative to `root`. */
  file: string;
  root: string;
  /** Absent: `reranked` is left out. */
  model?: LanguageModel;
  rerankBudgetMs?: number;
  /** Absent: `vector` is left out, and `hybrid` does without. */
  encoder?: TextEncoder;
  limit?: number;
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}

/** Passages that are looked at; recall is told at 10. */
const DEPTH = 10;
const PROPOSED = 50;
/** Of states of passages. */
const KEPT_BYTES = 400e6;

/** Throws a sentence when the file or the folder cannot be read. The grammars must be open. */
export async function evaluateRetrieval(options: RetrievalEvaluationOptions): Promise<RetrievalEvaluation> {
  const { root, model, rerankBudgetMs = 0, encoder, signal } = options;
  const questions = parseQuestions(await readFile(options.file, 'utf8'), options.file).slice(
    0,
    options.limit,
  );
  const dataFolder = await mkdtemp(path.join(tmpdir(), 'longview-eval-'));
  const index = new WorkspaceIndex({
    dataFolder,
    folders: [{ path: path.resolve(root), name: path.basename(root) }],
    encoder: () => encoder,
  });
  try {
    await index.open();
    index.start();
    await index.encoded();
    const status = index.status();
    if (status.filesDone === 0)
      throw new Error(`No file to search in ${root}: is it the folder that the questions are about?`);
    if (status.vectors?.problem) throw new Error(status.vectors.problem);
    const plain = new PlainRanking(index.parts[0]!.contents.passages.allChunks());
    const search = async (question: string, method: 'lexical' | 'hybrid' | 'vector') => {
      const close = method === 'lexical' ? undefined : await index.closeTo(question, { folders: [] });
      return index.search(question, { folders: [], limit: PROPOSED, method, close });
    };
    const places = (method: 'lexical' | 'hybrid' | 'vector') => async (question: string) =>
      (await search(question, method)).map(toPlace);
    const methods: Partial<Record<RetrievalMethod, Method>> = {
      'lexical-plain': (question) => plain.search(question, DEPTH),
      lexical: places('lexical'),
      ...(encoder ? { vector: places('vector') } : {}),
      hybrid: places('hybrid'),
    };
    if (model && rerankBudgetMs > 0) {
      const reading = { model, checkpoints: new Checkpoints(model, KEPT_BYTES) };
      methods.reranked = async (question) =>
        (
          await rerank(await search(question, 'hybrid'), question, reading, {
            budgetMs: rerankBudgetMs,
            signal,
          })
        ).evidence.map(toPlace);
    }
    const scores = await measure(questions, methods, index, options);
    plain.close();
    return {
      questions: questions.length,
      files: status.filesDone,
      chunks: status.chunks,
      ...(methods.reranked ? { rerankBudgetMs } : {}),
      methods: scores,
    };
  } finally {
    await index.close();
    await rm(dataFolder, { recursive: true, force: true });
  }
}

interface Place {
  path: string;
  startLine: number;
  endLine: number;
}

type Method = (question: string) => Place[] | Promise<Place[]>;

const toPlace = ({ displayPath, range }: Evidence): Place => ({ path: displayPath, ...range });

async function measure(
  questions: readonly RetrievalQuestion[],
  methods: Partial<Record<RetrievalMethod, Method>>,
  index: WorkspaceIndex,
  { signal, onProgress }: RetrievalEvaluationOptions,
): Promise<Partial<Record<RetrievalMethod, MethodScore>>> {
  const names = Object.keys(methods) as RetrievalMethod[];
  const ranks = new Map(
    names.map((name) => [name, { ranks: [] as (number | undefined)[], ms: [] as number[] }]),
  );
  for (const [done, question] of questions.entries()) {
    const wanted = wantedRange(question, index);
    for (const name of names) {
      signal?.throwIfAborted();
      const started = performance.now();
      const places = await methods[name]!(question.question);
      const entry = ranks.get(name)!;
      entry.ms.push(performance.now() - started);
      const at = places
        .slice(0, DEPTH)
        .findIndex(
          (place) =>
            place.path === question.path &&
            place.startLine <= wanted.endLine &&
            wanted.startLine <= place.endLine,
        );
      entry.ranks.push(at < 0 ? undefined : at + 1);
    }
    onProgress?.(done + 1, questions.length);
  }
  return Object.fromEntries(
    names.map((name) => [name, scoreRanks(ranks.get(name)!.ranks, ranks.get(name)!.ms)]),
  );
}

/** Lines from 0. A question that names a symbol stays right when the lines of the file move. */
function wantedRange(
  question: RetrievalQuestion,
  index: WorkspaceIndex,
): { startLine: number; endLine: number } {
  const lines = { startLine: question.startLine - 1, endLine: question.endLine - 1 };
  if (!question.symbol) return lines;
  return index.parts[0]!.contents.symbolRange(question.path, question.symbol) ?? lines;
}
