/** Questions about the workspace. */
export { askWorkspace, type AskDependencies, type AskOptions } from './ask';
export type { Evidence, EvidenceIndex } from './evidence';
export { rerank } from './rerank';
