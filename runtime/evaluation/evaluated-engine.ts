import type { WorkCounters } from '../engine/counted-model';
import type { CompletionRequest, CompletionResponse } from '../protocol/completion';
import type { TextDocumentItem, TextEdit } from '../protocol/text';

/** What the completion evaluations need of the engine. */
export interface EvaluatedEngine {
  openDocument(item: TextDocumentItem): void;
  changeDocument(change: { uri: string; version: number; edits: TextEdit[] }): void;
  closeDocument(document: { uri: string }): void;
  complete(request: CompletionRequest, signal?: AbortSignal): Promise<CompletionResponse>;
  /** Ids of plain text by the completion model's tokeniser: contexts are cut by tokens. */
  encode?(text: string): Promise<readonly number[]>;
  /** Reads at once what waits for background reading; resolves when nothing waits. */
  readAhead?(): Promise<void>;
  /** Opens these folders instead of those before. */
  setFolders?(folders: { path: string; name: string }[]): Promise<void>;
  /** Resolves when the index has nothing left to do. */
  indexIdle?(): Promise<void>;
  /** Finds at once what other files have to say about a place, as the editor does when it is quiet. */
  lookAround?(uri: string, offset: number): Promise<void>;
  /** Natural logarithm of the probability that the model gives `text` as the whole answer to a request. */
  likelihood?(request: CompletionRequest, text: string): Promise<number>;
  /** Without it, only the tokens of answered requests can be counted, and the report says so. */
  counters?(): WorkCounters;
}
