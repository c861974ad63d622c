import type { EvaluatedEngine } from '../../../runtime/evaluation/evaluated-engine';
import type { CompletionRequest, CompletionResponse } from '../../../runtime/protocol/completion';
import type { TextDocumentItem, TextEdit } from '../../../runtime/protocol/text';

export interface Answer {
  text: string;
  confidence: number;
}

/** Keeps documents as an engine does, and answers what `answers` says of the text around the cursor. */
export class FakeEngine implements EvaluatedEngine {
  readonly documents = new Map<string, TextDocumentItem>();
  readonly opened: TextDocumentItem[] = [];
  readonly requests: CompletionRequest[] = [];

  constructor(private readonly answers: (before: string, after: string) => Answer | undefined) {}

  openDocument(item: TextDocumentItem): void {
    this.opened.push({ ...item });
    this.documents.set(item.uri, { ...item });
  }

  changeDocument({ uri, version, edits }: { uri: string; version: number; edits: TextEdit[] }): void {
    const document = this.documents.get(uri)!;
    for (const { offset, length, text } of edits) {
      document.text = document.text.slice(0, offset) + text + document.text.slice(offset + length);
    }
    document.version = version;
  }

  closeDocument({ uri }: { uri: string }): void {
    this.documents.delete(uri);
  }

  complete(request: CompletionRequest): Promise<CompletionResponse> {
    this.requests.push(request);
    const document = this.documents.get(request.uri);
    if (!document || document.version !== request.version) throw new Error('The document has lost step.');
    const { text } = document;
    const answer = this.answers(text.slice(0, request.offset), text.slice(request.offset));
    return Promise.resolve({
      candidates: answer ? [{ ...answer, tokens: 2, stoppedBy: 'end-token' }] : [],
      cost: {
        contextTokens: 100,
        tokensRead: 10,
        tokensGenerated: 2,
        ms: { queue: 0, tokenise: 0, read: 0, decode: 0 },
      },
      stillReading: false,
    });
  }

  encode = (text: string): Promise<number[]> =>
    Promise.resolve(Array.from(text.match(/\S+/g) ?? [], () => 1));
}
