/** Summaries of files: an outline with one line per symbol, and the file's purpose. */
export { MemoryLineCache, type SummaryLineCache } from './cache';
export { faithfulness, identifiersIn } from './identifiers';
export type { GeneratedText } from './judge';
export {
  summarizeFile,
  type SummarizeDependencies,
  type SummarizeInput,
  type SummarizeOptions,
} from './summarize';
export { wantsGeneratedText } from './plan';
export { subjectOf, writtenLine, type Subject } from './subject';
export { wordsOf } from './words';
