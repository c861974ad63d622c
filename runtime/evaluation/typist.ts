import { CONFIDENCE_THRESHOLDS } from '../completion/confidence';
import type { CompletionItem } from '../completion/requests';
import { CompletionSession, type Clock, type Provided } from '../completion/session';
import type { CompletionCost } from '../protocol/completion';
import type { TextDocumentItem } from '../protocol/text';
import type { EvaluatedEngine } from './evaluated-engine';
import { realClock } from './real-clock';

export interface TypingOptions {
  /** Offsets in the file's text: what lies between them is typed. */
  from: number;
  to: number;
  /** 120 ms is brisk typing. */
  keystrokeMs: number;
  threshold?: number;
  multiline?: 'auto' | 'never';
  clock?: Clock;
  onProgress?: (typed: number, total: number) => void;
}

export interface TypingRecord {
  keystrokes: number;
  /** Keystrokes after which a suggestion was on show before the next one. */
  answered: number;
  accepted: number;
  keystrokesSaved: number;
  shown: Provided[];
  /** Of all requests that were answered, whoever waited for them. */
  costs: CompletionCost[];
  /** Reasons of the other keystrokes. */
  silences: Record<string, number>;
}

/** A suggestion is accepted when it is right and at least this long. */
const MIN_ACCEPTED = 2;

/** Presses the keys of a region of a file, accepts what is right, and keeps a record. */
export class Typist {
  readonly #session: CompletionSession;
  readonly #clock: Clock;
  readonly record: TypingRecord = {
    keystrokes: 0,
    answered: 0,
    accepted: 0,
    keystrokesSaved: 0,
    shown: [],
    costs: [],
    silences: {},
  };
  readonly #pending = new Set<Promise<void>>();
  #version: number;
  /** Offset in the whole file of what is typed next. */
  #at: number;
  #suggestion: CompletionItem | undefined;
  #call = new AbortController();

  constructor(
    private readonly file: TextDocumentItem,
    private readonly engine: EvaluatedEngine,
    private readonly options: TypingOptions,
  ) {
    this.#clock = options.clock ?? realClock;
    this.#version = file.version;
    this.#at = options.from;
    this.#session = new CompletionSession(
      {
        complete: async (request, signal) => {
          const response = await engine.complete(request, signal);
          if (!request.ahead) this.record.costs.push(response.cost);
          return response;
        },
      },
      this.#clock,
    );
  }

  /** The file is open and quiet before the first key, as in an editor: the model loads, and what waits is read. */
  async settleIn(): Promise<void> {
    await this.engine.complete({
      uri: this.file.uri,
      version: this.#version,
      offset: this.#at,
      explicit: true,
      multiline: 'never',
      threshold: 0,
      alternatives: 1,
    });
    await this.engine.readAhead?.();
  }

  async typeAll(): Promise<void> {
    const { to, from, keystrokeMs, onProgress } = this.options;
    let due = this.#clock.now();
    while (this.#at < to) {
      if (this.#right()) this.#accept();
      else this.#type();
      onProgress?.(this.#at - from, to - from);
      due += keystrokeMs;
      await this.#clock.sleep(Math.max(0, due - this.#clock.now()), new AbortController().signal);
    }
    this.#call.abort();
    await Promise.all(this.#pending);
  }

  /** The suggestion on show is what comes next, up to what it replaces after the cursor. */
  #right(): boolean {
    const item = this.#suggestion;
    if (!item) return false;
    const written = this.#written(item);
    return written.length >= MIN_ACCEPTED && this.#next().startsWith(written);
  }

  #next(): string {
    return this.file.text.slice(this.#at, this.options.to);
  }

  /** What accepting adds: brackets that it replaces by their like are not new. */
  #written({ insertText, replaceEnd }: CompletionItem): string {
    const replaced = this.#after().slice(0, Math.max(0, replaceEnd - this.#at));
    return replaced !== '' && insertText.endsWith(replaced)
      ? insertText.slice(0, -replaced.length)
      : insertText;
  }

  #after(): string {
    return this.file.text.slice(this.options.to);
  }

  #accept(): void {
    const written = this.#written(this.#suggestion!);
    this.record.accepted++;
    this.record.keystrokesSaved += written.length - 1;
    this.#press(written);
  }

  #type(): void {
    this.#press(/^(?:\r?\n[ \t]*|[\s\S])/u.exec(this.#next())![0]);
  }

  #press(text: string): void {
    const key = ++this.record.keystrokes;
    this.#call.abort();
    this.#call = new AbortController();
    this.#suggestion = undefined;
    const offset = this.#at;
    this.#at += text.length;
    this.engine.changeDocument({
      uri: this.file.uri,
      version: ++this.#version,
      edits: [{ offset, length: 0, text }],
    });
    if (this.#at >= this.options.to) return;
    const pending = this.#ask(key, this.#call.signal).finally(() => this.#pending.delete(pending));
    this.#pending.add(pending);
  }

  async #ask(key: number, signal: AbortSignal): Promise<void> {
    const provided = await this.#session.provide(
      {
        uri: this.file.uri,
        version: this.#version,
        offset: this.#at,
        before: this.file.text.slice(0, this.#at),
        after: this.#after(),
      },
      {
        explicit: false,
        multiline: this.options.multiline ?? 'auto',
        threshold: this.options.threshold ?? CONFIDENCE_THRESHOLDS.balanced,
        lookAhead: true,
        signal,
      },
    );
    const item = provided.items[0];
    if (!item || key !== this.record.keystrokes) {
      const reason = item ? 'cancelled' : (provided.silence ?? 'cancelled');
      const { silences } = this.record;
      silences[reason] = (silences[reason] ?? 0) + 1;
      return;
    }
    this.record.answered++;
    this.#suggestion = item;
    this.record.shown.push(provided);
  }

  dispose(): void {
    this.#session.dispose();
  }
}
