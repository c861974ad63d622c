/** Questions about the workspace. */
export { askWorkspace, type AskDependencies, type AskOptions } from './ask';
export { converse, type Speaker } from './converse';
export { writeAnswer, type AnswerWriter } from './write-answer';
export type { Describer, Description, Evidence, EvidenceIndex, EvidenceScope } from './evidence';
export type { ReadingModel } from './likelihood';
export { rerank, RERANK_BUDGET_MS, type Reranked } from './rerank';
