import path from 'node:path';
import { shiftOffset, type PromptPlan } from '../completion/prompt';
import { isSecretName } from '../retrieval/secrets';
import type { CompletionRequest, CompletionResponse, SilenceReason } from '../protocol/completion';
import type { TextDocumentItem, TextEdit } from '../protocol/text';
import { completeAt } from './completion-job';
import type { BackgroundReading } from './background-reading';
import type { Documents } from './documents';
import type { ModelHost } from './model-host';
import type { ContextSource } from './prompt-context';

type Anchor = Pick<PromptPlan, 'anchor' | 'farStart'>;

/** Completion requests of open documents. Remembers each document's last plan, so that its anchor stays where it was. */
export class Completions {
  private readonly anchors = new Map<string, Anchor>();

  constructor(
    private readonly documents: Documents,
    private readonly host: () => ModelHost,
    private readonly reading: BackgroundReading,
    private readonly context: ContextSource,
  ) {}

  async complete(request: CompletionRequest, signal: AbortSignal | undefined): Promise<CompletionResponse> {
    const document = this.documents.get(request.uri);
    const silence = this.reasonForSilence(request, document);
    if (silence || !document) return silent(silence ?? 'stale');
    this.reading.pause();
    const { before, after, shift } = surroundings(document.text, request);
    const outcome = await this.host().use((loaded) =>
      completeAt(
        loaded,
        {
          request,
          displayPath: document.displayPath,
          before,
          after,
          previous: shifted(this.anchors.get(request.uri), shift),
          neighbours: this.context.of(request.uri).neighbours,
          nextNeighbours: this.context.next(request.uri)?.neighbours,
        },
        signal,
      ),
    );
    const plan = shifted(outcome.plan, -shift);
    if (plan) this.anchors.set(request.uri, plan);
    this.reading.wants(outcome.unread);
    if (outcome.tookNext) this.context.adopt(request.uri);
    return outcome.response;
  }

  /** Anchors move with the text before them, and go when it is changed. */
  changed(uri: string, edits: readonly TextEdit[]): void {
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
    this.anchors.delete(uri);
  }

  private reasonForSilence(
    request: CompletionRequest,
    document: TextDocumentItem | undefined,
  ): SilenceReason | undefined {
    if (!document || document.version !== request.version) return 'stale';
    if (request.offset < 0 || request.offset > document.text.length) return 'stale';
    if (document.path && isSecretName(path.basename(document.path), false)) return 'ignored-file';
    const { languages } = this.host();
    if (languages.length > 0 && !languages.includes(document.languageId)) return 'language-unknown';
    return undefined;
  }
}

/** The text around the cursor; a notebook's other cells stand before and after the cell's own text. */
function surroundings(
  text: string,
  { offset, notebook }: CompletionRequest,
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
