/** Questions about the workspace. */
export { askWorkspace, type AskDependencies, type AskOptions } from './ask';
export { converse, type Speaker } from './converse';
export { writeAnswer, type AnswerWriter } from './write-answer';
export type { Describer, Description, Evidence, EvidenceIndex, EvidenceScope } from './evidence';
export { rerank } from './rerank';
