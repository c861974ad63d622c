/** Questions about the workspace. */
export { askWorkspace, type AskDependencies, type AskOptions } from './ask';
export type { Describer, Description, Evidence, EvidenceIndex, EvidenceScope } from './evidence';
export { rerank } from './rerank';
