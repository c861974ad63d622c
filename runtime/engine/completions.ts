import path from 'node:path';
import { handOn, shiftOffset, type PreviousPlan } from '../completion/prompt';
import { isSecretName } from '../retrieval/secrets';
import type {
  CompletionRequest,
  CompletionResponse,
  CursorMove,
  SilenceReason,
} from '../protocol/completion';
import { UserError } from '../protocol/errors';
import type { TextEdit } from '../protocol/text';
import type { BackgroundReading, Wish } from './background-reading';
import { completeAt } from './completion-job';
import type { Documents, OpenDocument } from './documents';
import { likelihoodAt } from './likelihood';
import type { TextBuffer } from './text-buffer';
import type { LoadedModel, ModelHost } from './model-host';
import type { ContextSource } from './prompt-context';
import { planPlace, stepsAhead, type AheadStep, type PromptPlace } from './prompt-place';

export interface CompletionParts {
  documents: Documents;
  host: () => ModelHost;
  reading: BackgroundReading;
  /** While a user waits, what is read in advance, for any window, makes way. */
  inFront: <T>(job: () => Promise<T>) => Promise<T>;
  /** The workspace: what is kept for one serves no other. */
  scope: () => string;
  /** What prompts show of other files. */
  context: ContextSource;
  /**
   * Whether what is read of a document may be saved on disk: it is a workspace file that the ignore rules include. Others are
   * completed from themselves, and leave nothing behind.
   */
  maySave: (document: OpenDocument) => boolean;
}

/** Completion requests of open documents. Remembers each document's last plan, so that its anchor stays where it was. */
export class Completions {
  private readonly plans = new Map<string, PreviousPlan>();
  /** Names that documents had before: what was read under them serves until it is read under the new ones. */
  private readonly oldNames = new Map<string, string>();
  /** Of the document that was closed last, which may only be renamed. */
  private lastPlan: { uri: string; plan: PreviousPlan | undefined } | undefined;

  constructor(private readonly parts: CompletionParts) {}

  async complete(request: CompletionRequest, signal: AbortSignal | undefined): Promise<CompletionResponse> {
    const { documents, host, inFront } = this.parts;
    const document = documents.get(request.uri);
    const silence = this.reasonForSilence(request, document);
    if (silence || !document) return silent(silence ?? 'stale');
    const answer = () => host().use((loaded) => this.answer(loaded, document, request, signal));
    return request.ahead ? answer() : inFront(answer);
  }

  private async answer(
    loaded: LoadedModel,
    document: OpenDocument,
    request: CompletionRequest,
    signal: AbortSignal | undefined,
  ): Promise<CompletionResponse> {
    const { documents, reading } = this.parts;
    const { uri, ahead = false } = request;
    const { place, shift } = this.placeOf(document, request);
    const outcome = await completeAt(
      loaded,
      { ...place, languageId: document.languageId, request, readsAhead: ahead || reading.enabled },
      signal,
    );
    if (!ahead) {
      this.remember(uri, outcome.plan, shift);
      // Once the answer is on its way.
      setImmediate(() => {
        if (documents.get(uri) !== document || document.version !== request.version) return;
        reading.wants(uri, this.wishesOf(loaded, document, place, outcome.ahead(), shift));
      });
    }
    return outcome.response;
  }

  /** For evaluation: see `likelihoodAt`. */
  likelihood(request: CompletionRequest, text: string): Promise<number> {
    const document = this.parts.documents.get(request.uri);
    if (!document) throw new UserError(`${request.uri} is not open.`);
    const { place } = this.placeOf(document, request);
    return this.parts.host().use((loaded) => likelihoodAt(loaded, place, text));
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
      this.remember(move.uri, handOn(planned.plan), shift);
      const steps = stepsAhead(loaded.model, place, planned);
      reading.wants(move.uri, this.wishesOf(loaded, document, place, steps, shift));
    });
  }

  /** Anchors move with the text before them, and go when it is changed. */
  changed(uri: string, edits: readonly TextEdit[]): void {
    this.parts.reading.forget(uri);
    let plan = this.plans.get(uri);
    for (const edit of edits) plan &&= moved(plan, edit);
    if (plan) this.plans.set(uri, plan);
    else this.plans.delete(uri);
  }

  /** A document that is another one under a new name goes on with what was read of it. */
  opened(document: OpenDocument): void {
    const { documents } = this.parts;
    const twin = documents.twinOf(document);
    if (!twin || this.plans.has(document.uri)) return;
    const plan =
      this.plans.get(twin.uri) ?? (this.lastPlan?.uri === twin.uri ? this.lastPlan.plan : undefined);
    if (!plan) return;
    this.plans.set(document.uri, plan);
    this.oldNames.set(document.uri, this.oldNames.get(twin.uri) ?? twin.displayPath);
  }

  closed(uri: string): void {
    this.parts.reading.forget(uri);
    this.lastPlan = { uri, plan: this.plans.get(uri) };
    this.plans.delete(uri);
    this.oldNames.delete(uri);
  }

  private placeOf(document: OpenDocument, at: CursorMove): { place: PromptPlace; shift: number } {
    const { before, after, shift } = surroundings(document.text, at);
    const label = this.parts.maySave(document) ? document.uri : undefined;
    const kept = shifted(this.plans.get(document.uri), shift);
    // Other cells change without a word: their text must be looked at again.
    const previous = at.notebook ? kept && { ...kept, far: undefined } : kept;
    const { uri } = document;
    const displayPath = this.oldNames.get(uri) ?? document.displayPath;
    const { neighbours } = this.parts.context.of(uri);
    const scope = this.parts.scope();
    return { place: { scope, label, displayPath, before, after, previous, neighbours }, shift };
  }

  private remember(uri: string, plan: PreviousPlan, shift: number): void {
    const kept = shifted(plan, -shift);
    if (kept) this.plans.set(uri, kept);
  }

  /** What to read of a document; each plan is used from when its states are there. */
  private wishesOf(
    loaded: LoadedModel,
    document: OpenDocument,
    place: PromptPlace,
    steps: AheadStep[],
    shift: number,
  ): Wish[] {
    const { version, uri } = document;
    const { scope } = place;
    const wish = ({ reading, plan, soon }: AheadStep, adopt?: () => void): Wish => ({
      ...reading,
      scope,
      soon,
      done: () => {
        if (document.version !== version) return;
        this.remember(uri, plan, shift);
        adopt?.();
      },
    });
    const wishes = steps.map((step) => wish(step));
    const next = this.nextBeginning(loaded, place, document);
    if (!next) return wishes;
    const adopt = () => {
      this.parts.context.adopt(uri);
      this.oldNames.delete(uri);
    };
    return [...wishes, wish(next, adopt)];
  }

  /**
   * The same place behind what other files say now, and under the name that the document has now. Until that is read, the prompt
   * that begins otherwise serves on.
   */
  private nextBeginning(
    loaded: LoadedModel,
    place: PromptPlace,
    { uri, displayPath }: OpenDocument,
  ): AheadStep | undefined {
    const next = this.parts.context.next(uri);
    if (!next && displayPath === place.displayPath) return undefined;
    const { neighbours } = next ?? place;
    const previous = place.previous && { ...place.previous, far: undefined };
    const { plan, reading } = planPlace(loaded, { ...place, displayPath, neighbours, previous });
    return { plan: handOn(plan), reading, soon: false };
  }

  private reasonForSilence(
    request: CursorMove,
    document: OpenDocument | undefined,
  ): SilenceReason | undefined {
    if (!document || document.version !== request.version) return 'stale';
    if (request.offset < 0 || request.offset > document.text.length) return 'stale';
    if (document.path && isSecretName(path.basename(document.path), false)) return 'ignored-file';
    const { languages } = this.parts.host();
    if (languages.length > 0 && !languages.includes(document.languageId)) return 'language-unknown';
    return undefined;
  }
}

/**
 * So much of a document is looked at on each side of the cursor, in UTF-16 units: more than the longest prompt holds. The window
 * begins at a multiple of its step, so that it does not move with every key.
 */
const windowUnits = 131_072;
const windowStep = 65_536;

/**
 * The text around the cursor; a notebook's other cells stand before and after the cell's own text.
 * @returns `shift`: add it to an offset in the document to get the one in `before`
 */
function surroundings(
  text: TextBuffer,
  { offset, notebook }: CursorMove,
): { before: string; after: string; shift: number } {
  const start = Math.max(0, Math.floor((offset - windowUnits) / windowStep) * windowStep);
  const before = text.slice(start, offset);
  const after = text.slice(offset, offset + windowUnits);
  if (!notebook) return { before, after, shift: -start };
  return {
    before: notebook.before + before,
    after: after + notebook.after,
    shift: notebook.before.length - start,
  };
}

/** The plan after an edit: moved with the text, less the far prefix where its text has changed; nothing when a place is gone. */
function moved({ anchor, farStart, far }: PreviousPlan, edit: TextEdit): PreviousPlan | undefined {
  if (edit.offset >= anchor) return { anchor, farStart, far };
  const [at, start] = [shiftOffset(anchor, edit), shiftOffset(farStart, edit)];
  return at === undefined || start === undefined ? undefined : { anchor: at, farStart: start };
}

/** The plan in other offsets; nothing when one of its places is outside of what is looked at. */
function shifted(plan: PreviousPlan | undefined, by: number): PreviousPlan | undefined {
  if (!plan || by === 0) return plan;
  const { anchor, farStart, far } = plan;
  if (anchor + by < 0 || farStart + by < 0) return undefined;
  return { anchor: anchor + by, farStart: farStart + by, far: far && { ...far, start: far.start + by } };
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
