import * as vscode from 'vscode';
import type { CompletionCandidate, CompletionCost } from '../../runtime/protocol/completion';
import { Complete } from '../../runtime/protocol/methods';
import type { DocumentSync } from '../engine/document-sync';
import type { EngineClient } from '../engine/engine-client';
import type { Settings } from '../settings/settings';
import { gateFor } from './document-gate';
import type { SilenceWords } from './silence-words';
import { notebookFor } from './notebook';

const wanted = 3;

export interface FoundAlternatives {
  candidates: CompletionCandidate[];
  /** What an alternative replaces. */
  range: vscode.Range;
  cost?: CompletionCost;
  stillReading: boolean;
  silence?: string;
}

/** Several completions for one place, asked for by hand. */
export class Alternatives {
  constructor(
    private readonly engine: EngineClient,
    private readonly documents: DocumentSync,
    private readonly settings: Settings,
    private readonly words: SilenceWords,
  ) {}

  async find(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<FoundAlternatives> {
    const nothing = { candidates: [], range: new vscode.Range(position, position), stillReading: false };
    const closed = gateFor(document, { explicit: true, snoozed: false }, this.settings, this.engine);
    if (closed) return { ...nothing, silence: this.words(closed, document.languageId) };
    await this.engine.ensureStarted();
    this.documents.ensureOpen(document);
    const notebook = notebookFor(document);
    const response = await this.engine.request(
      Complete,
      {
        uri: document.uri.toString(),
        version: document.version,
        offset: document.offsetAt(position),
        explicit: true,
        multiline: this.settings.get('completion.multiline', document),
        threshold: 0,
        alternatives: wanted,
        ...(notebook && { notebook }),
      },
      token,
    );
    const silence = response.silence ?? (response.candidates.length === 0 ? 'model-empty' : undefined);
    return {
      ...nothing,
      candidates: response.candidates,
      cost: response.cost,
      stillReading: response.stillReading,
      ...(silence && { silence: this.words(silence, document.languageId) }),
    };
  }
}
