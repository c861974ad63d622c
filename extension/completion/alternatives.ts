import type * as vscode from 'vscode';
import { receive } from '../../runtime/completion/receive';
import type { Completer } from '../../runtime/completion/session';
import type { CompletionCandidate, CompletionCost } from '../../runtime/protocol/completion';
import type { EngineClient } from '../engine/engine-client';
import type { Settings } from '../settings/settings';
import { gateFor } from './document-gate';
import type { SilenceWords } from './silence-words';
import { viewOf } from './document-view';

const wanted = 3;

/** `replaceAfter`: UTF-16 units after the cursor that it takes the place of. */
export type PlacedCandidate = CompletionCandidate & { replaceAfter: number };

export interface FoundAlternatives {
  candidates: PlacedCandidate[];
  cost?: CompletionCost;
  stillReading: boolean;
  silence?: string;
}

/** Several completions for one place, asked for by hand. */
export class Alternatives {
  constructor(
    private readonly engine: EngineClient,
    private readonly completer: Completer,
    private readonly settings: Settings,
    private readonly words: SilenceWords,
  ) {}

  async find(
    document: vscode.TextDocument,
    position: vscode.Position,
    signal: AbortSignal,
  ): Promise<FoundAlternatives> {
    const nothing = { candidates: [], stillReading: false };
    const closed = gateFor(document, { explicit: true, snoozed: false }, this.settings, this.engine);
    if (closed) return { ...nothing, silence: this.words(closed, document.languageId) };
    const view = viewOf(document, position);
    const response = await this.completer.complete(
      {
        uri: view.uri,
        version: view.version,
        offset: view.offset,
        explicit: true,
        multiline: this.settings.get('completion.multiline', document),
        threshold: 0,
        alternatives: wanted,
        ...(view.notebook && { notebook: view.notebook }),
      },
      signal,
    );
    const found = { ...nothing, cost: response.cost, stillReading: response.stillReading };
    // One by one, so that each keeps what is known of its making.
    const candidates = response.candidates.flatMap((candidate): PlacedCandidate[] => {
      const fit = receive(view, { ...response, candidates: [candidate] }, 0);
      if (typeof fit === 'string' || !fit[0]) return [];
      return [{ ...candidate, text: fit[0].text, replaceAfter: fit[0].replaceAfter }];
    });
    const distinct = candidates.filter(
      ({ text }, i) => candidates.findIndex((other) => other.text === text) === i,
    );
    if (distinct.length > 0) return { ...found, candidates: distinct };
    const silence = response.silence ?? (response.candidates.length === 0 ? 'model-empty' : 'filtered');
    return { ...found, silence: this.words(silence, document.languageId) };
  }
}
