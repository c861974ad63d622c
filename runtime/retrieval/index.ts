/** Finding the passages of a workspace that a question is about; also the one place that says what may be read. */
export { MAX_FILE_BYTES } from './built-in-excludes';
export { databaseDriver } from './database';
export { IGNORE_FILE_NAMES } from './ignore-files';
export {
  createPathRules,
  relativeTo,
  type PathRules,
  type PathRulesOptions,
  type Verdict,
} from './path-rules';
export { isTestPath } from './ranking';
export { importedDefinitions, type Definition } from './definitions';
export { digestOf, type DigestFile } from './digest';
export { filesOnDisk, remembered, type SourceFiles } from './source-files';
export { holdsSecret } from './secrets';
export { readTextFile, type TextFile } from './text-file';
export { walk, type WalkedFile } from './walk';
export { WorkspaceFiles, type LocatedFile } from './workspace-files';
export { WorkspaceIndex, type WorkspaceIndexOptions } from './workspace-index';
export type {
  ClosePassages,
  SearchPlaces,
  SearchResult,
  SearchScope,
  SimilarPassage,
} from './workspace-search';
