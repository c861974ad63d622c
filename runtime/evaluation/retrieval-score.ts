/** Reading questions with known answers, and the figures of a ranking. Pure. */
import { mean, times, type Times } from './statistics';

export interface RetrievalQuestion {
  question: string;
  /** Relative to the root, forward slashes. */
  path: string;
  /** From 1, both included. */
  startLine: number;
  endLine: number;
  /** Where given, the lines are those of this symbol as the index finds it; the numbers serve where it is not found. */
  symbol?: string;
}

export interface MethodScore {
  mrr10: number;
  recall1: number;
  recall3: number;
  recall5: number;
  recall10: number;
  latencyMs: Times;
}

/** Throws a sentence that names file and line. */
export function parseQuestions(text: string, file: string): RetrievalQuestion[] {
  const questions = text.split(/\r?\n/).flatMap((line, at) => {
    if (line.trim() === '') return [];
    let value: Partial<RetrievalQuestion>;
    try {
      value = JSON.parse(line) as Partial<RetrievalQuestion>;
    } catch {
      throw new Error(
        `${file}, line ${at + 1}: not JSON. Each line holds one question: {"question","path","startLine","endLine"}.`,
      );
    }
    const { question, path, startLine, endLine } = value;
    if (
      typeof question !== 'string' ||
      typeof path !== 'string' ||
      !Number.isInteger(startLine) ||
      !Number.isInteger(endLine)
    ) {
      throw new Error(
        `${file}, line ${at + 1}: "question" and "path" (strings), "startLine" and "endLine" (whole numbers from 1) are needed.`,
      );
    }
    return [value as RetrievalQuestion];
  });
  if (questions.length === 0) throw new Error(`${file} holds no question.`);
  return questions;
}

/** `ranks`: place of the first hit, from 1; undefined when none was among the first ten. */
export function scoreRanks(ranks: readonly (number | undefined)[], ms: readonly number[]): MethodScore {
  const share = (within: number) => mean(ranks.map((rank) => (rank !== undefined && rank <= within ? 1 : 0)));
  return {
    mrr10: mean(ranks.map((rank) => (rank === undefined || rank > 10 ? 0 : 1 / rank))),
    recall1: share(1),
    recall3: share(3),
    recall5: share(5),
    recall10: share(10),
    latencyMs: times(ms),
  };
}
