import path from 'node:path';
import { shiftOffset } from '../completion/prompt';
import { isSecretName } from '../retrieval/secrets';
import type {
  CompletionRequest,
  CompletionResponse,
  CursorMove,
  SilenceReason,
} from '../protocol/completion';
import type { TextDocumentItem, TextEdit } from '../protocol/text';
import type { BackgroundReading, Wish } from './background-reading';
import { completeAt } from './completion-job';
import type { Documents } from './documents';
import type { ModelHost } from './model-host';
import {
  anchorOf,
  planPlace,
  stepsAhead,
  type AheadStep,
  type Anchor,
  type PromptPlace,
} from './prompt-place';

export interface CompletionParts {
  documents: Documents;
  host: () => ModelHost;
  reading: BackgroundReading;
  /** While a user waits, what is read in advance, for any window, makes way. */
  inFront: <T>(job: () => Promise<T>) => Promise<T>;
  /** The workspace: what is kept for one serves no other. */
  scope: () => string;
  /** Whether what is read of a document may be saved on disk. */
  maySave: (document: TextDocumentItem) => boolean;
}

/** Completion requests of open documents. Remembers each document's last plan, so that its anchor stays where it was. */
export class Completions {
  private readonly anchors = new Map<string, Anchor>();

  constructor(private readonly parts: CompletionParts) {}

  async complete(request: CompletionRequest, signal: AbortSignal | undefined): Promise<CompletionResponse> {
    const { documents, host, reading, inFront } = this.parts;
    const document = documents.get(request.uri);
    const silence = this.reasonForSilence(request, document);
    if (silence || !document) return silent(silence ?? 'stale');
    return inFront(async () => {
      const { place, shift } = this.placeOf(document, request);
      const outcome = await host().use((loaded) =>
        completeAt(loaded, { ...place, request, readsAhead: reading.enabled }, signal),
      );
      this.remember(request.uri, outcome.plan, shift);
      reading.wants(request.uri, this.wishesOf(document, outcome.ahead, place.scope, shift));
      return outcome.response;
    });
  }

  /** The cursor came to rest somewhere: what a suggestion there needs is read before it is asked for. */
  async cursorMoved(move: CursorMove): Promise<void> {
    const { documents, host, reading } = this.parts;
    const document = documents.get(move.uri);
    if (!document || this.reasonForSilence(move, document)) return;
    const { place, shift } = this.placeOf(document, move);
    await host().use(async (loaded) => {
      // A key came in while the model was loaded, and its request knows better.
      if (document.version !== move.version) return;
      const planned = planPlace(loaded, place);
      this.remember(move.uri, anchorOf(planned.plan), shift);
      reading.wants(
        move.uri,
        this.wishesOf(document, stepsAhead(loaded.model, place, planned), place.scope, shift),
      );
    });
  }

  /** Anchors move with the text before them, and go when it is changed. */
  changed(uri: string, edits: readonly TextEdit[]): void {
    this.parts.reading.forget(uri);
    let anchor = this.anchors.get(uri);
    for (const edit of edits) {
      if (!anchor) return;
      const [at, farStart] = [shiftOffset(anchor.anchor, edit), shiftOffset(anchor.farStart, edit)];
      anchor = at === undefined || farStart === undefined ? undefined : { anchor: at, farStart };
    }
    if (anchor) this.anchors.set(uri, anchor);
    else this.anchors.delete(uri);
  }

  closed(uri: string): void {
    this.parts.reading.forget(uri);
    this.anchors.delete(uri);
  }

  private placeOf(document: TextDocumentItem, at: CursorMove): { place: PromptPlace; shift: number } {
    const { before, after, shift } = surroundings(document.text, at);
    const label = this.parts.maySave(document) ? document.uri : undefined;
    const previous = shifted(this.anchors.get(document.uri), shift);
    const { displayPath } = document;
    return { place: { scope: this.parts.scope(), label, displayPath, before, after, previous }, shift };
  }

  private remember(uri: string, plan: Anchor, shift: number): void {
    const anchor = shifted(plan, -shift);
    if (anchor) this.anchors.set(uri, anchor);
  }

  private wishesOf(document: TextDocumentItem, steps: AheadStep[], scope: string, shift: number): Wish[] {
    const { version, uri } = document;
    return steps.map(({ reading, plan, soon }) => ({
      ...reading,
      scope,
      soon,
      // The plan changes hands only once its states are there.
      done: () => {
        if (document.version === version) this.remember(uri, plan, shift);
      },
    }));
  }

  private reasonForSilence(
    request: CursorMove,
    document: TextDocumentItem | undefined,
  ): SilenceReason | undefined {
    if (!document || document.version !== request.version) return 'stale';
    if (request.offset < 0 || request.offset > document.text.length) return 'stale';
    if (document.path && isSecretName(path.basename(document.path), false)) return 'ignored-file';
    const { languages } = this.parts.host();
    if (languages.length > 0 && !languages.includes(document.languageId)) return 'language-unknown';
    return undefined;
  }
}

/** The text around the cursor; a notebook's other cells stand before and after the cell's own text. */
function surroundings(
  text: string,
  { offset, notebook }: CursorMove,
): { before: string; after: string; shift: number } {
  const before = (notebook?.before ?? '') + text.slice(0, offset);
  const after = text.slice(offset) + (notebook?.after ?? '');
  return { before, after, shift: notebook?.before.length ?? 0 };
}

function shifted(anchor: Anchor | undefined, by: number): Anchor | undefined {
  if (!anchor || by === 0) return anchor;
  const moved = { anchor: anchor.anchor + by, farStart: anchor.farStart + by };
  // An anchor in another cell has no place in this one's text: the next plan chooses anew.
  return moved.anchor < 0 || moved.farStart < 0 ? undefined : moved;
}

function silent(silence: SilenceReason): CompletionResponse {
  return {
    candidates: [],
    cost: {
      contextTokens: 0,
      tokensRead: 0,
      tokensGenerated: 0,
      ms: { queue: 0, tokenise: 0, read: 0, decode: 0 },
    },
    stillReading: false,
    silence,
  };
}
