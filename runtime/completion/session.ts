/**
 * Inline completion as a whole, but for the model: what is shown, kept, asked, recycled or held back at each key.
 * The editor, the command line and the replay of `eval` drive the same class; it knows no editor, and no timers
 * but those it is given.
 */
import type {
  CompletionCost,
  CompletionRequest,
  CompletionResponse,
  SilenceReason,
} from '../protocol/completion';
import { CompletionCache } from './cache';
import { AdaptiveDebounce } from './debounce';
import { placeSuggestion, type DocumentView, type PlacedSuggestion } from './document-view';
import { isAbout, ORPHAN_MS, worthWaiting, type InFlight } from './in-flight';
import { linePrefix } from './line-ends';
import { placeAfter } from './look-ahead';
import { receive } from './receive';
import { itemFor, requestAhead, requestFor, type CompletionItem, type ProvideOptions } from './requests';
import { Rejections, typedPast } from './rejections';
import { typedThrough, type Remaining } from './reuse';
import { withSelectedItem, type SelectedItem } from './selected-item';
import { whyNotAsk } from './triggers';

/** The engine, or its client. May reject (with anything) once the signal is aborted. */
export interface Completer {
  complete(request: CompletionRequest, signal: AbortSignal): Promise<CompletionResponse>;
}

export interface Clock {
  /** Milliseconds, monotonic. */
  now(): number;
  /** Resolves after `ms`, or as soon as the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface Provided {
  items: CompletionItem[];
  silence?: SilenceReason;
  /** Where the items come from when no request was made for them. */
  reused?: 'typed-through' | 'cache' | 'in-flight';
  stillReading: boolean;
  /** What the engine did for this call; absent when nothing was asked. */
  cost?: CompletionCost;
  /** Milliseconds; `engine` includes the way there and back. */
  latency: { total: number; debounce: number; engine: number };
}

type Outcome = Pick<Provided, 'items' | 'silence' | 'reused' | 'cost'> & { stillReading?: boolean };

export class CompletionSession {
  readonly #cache = new CompletionCache();
  readonly #debounce = new AdaptiveDebounce();
  readonly #rejections = new Rejections();
  #shown: { suggestion: PlacedSuggestion; since: number } | undefined;
  #inFlight: InFlight | undefined;
  #ahead: AbortController | undefined;
  /** The last request was given up because the user typed on. */
  #overtaken = false;
  /** Number of the newest call; older ones give up when they see that it is not theirs. */
  #newest = 0;

  constructor(
    private readonly completer: Completer,
    private readonly clock: Clock,
  ) {}

  /** What to show at the cursor. A call that was overtaken or aborted answers 'cancelled'; errors of the engine are passed on. */
  async provide(view: DocumentView, options: ProvideOptions): Promise<Provided> {
    const started = this.clock.now();
    const latency = { total: 0, debounce: 0, engine: 0 };
    const outcome = await this.#provide(view, options, started, latency);
    latency.total = this.clock.now() - started;
    return { stillReading: false, ...outcome, latency };
  }

  /** The shown suggestion was dismissed: it is not offered here again for a while. */
  reject(): void {
    if (this.#shown) this.#rejections.add(this.#shown.suggestion, this.clock.now());
    this.#shown = undefined;
  }

  /** The document was closed, or is another one now: nothing made for it is shown again. */
  forget(uri: string): void {
    this.#cache.forget(uri);
    if (this.#shown?.suggestion.uri === uri) this.#shown = undefined;
    if (this.#inFlight?.view.uri === uri) this.#drop();
  }

  /** Gives up what is under way and forgets everything that was made. */
  dispose(): void {
    this.#newest++;
    this.#drop();
    this.#ahead?.abort();
    this.#cache.clear();
    this.#shown = undefined;
  }

  async #provide(
    view: DocumentView,
    options: ProvideOptions,
    started: number,
    latency: Provided['latency'],
  ): Promise<Outcome> {
    const call = ++this.#newest;
    const overtaken = () => options.signal.aborted || call !== this.#newest;
    const selected = withSelectedItem(view);
    if (!selected) return silent('filtered');
    const { place } = selected;
    const ahead = this.#ahead;
    if (!options.explicit) {
      this.#debounce.key(started);
      const kept = this.#keep(place, started);
      // What is made for after it goes on being of use.
      if (kept) return { items: [itemFor(kept, selected, view)], reused: 'typed-through' };
      const silence = whyNotAsk(place.before, place.after);
      if (silence) return silent(silence);
      const cached = this.#cache.find(place);
      if (cached) return this.#show([cached], selected, view, options, 'cache');
      const early = await this.#wait(place, options.signal);
      latency.debounce = this.clock.now() - started;
      if (early && !overtaken()) return this.#show([early], selected, view, options, 'in-flight');
    }
    if (overtaken()) return silent('cancelled');
    ahead?.abort();
    const asked = this.clock.now();
    const recycled = options.explicit ? undefined : await this.#recycle(place, options.signal);
    latency.engine = this.clock.now() - asked;
    if (overtaken()) return silent('cancelled');
    if (recycled) return this.#show([recycled], selected, view, options, 'in-flight');

    const response = await this.#ask(view, selected, options, call);
    latency.engine = this.clock.now() - asked;
    if (!response) return silent('cancelled');
    const { cost, stillReading } = response;
    if (overtaken()) return { ...silent('cancelled'), cost, stillReading };
    const suggestions = receive(place, response, options.explicit ? 0 : options.threshold);
    const shown = Array.isArray(suggestions)
      ? this.#show(suggestions, selected, view, options)
      : silent(suggestions);
    return { ...shown, cost, stillReading };
  }

  /** What is left of the suggestion on show, when typing goes along with it. */
  #keep(place: DocumentView, now: number): Remaining | undefined {
    if (!this.#shown) return undefined;
    const { suggestion, since } = this.#shown;
    const remaining = typedThrough(suggestion, place);
    if (!remaining && typedPast(suggestion, place, now - since)) this.reject();
    return remaining;
  }

  /** Waits out the debounce; ends early with what the request under way answers meanwhile, if that is of use. */
  async #wait(place: DocumentView, signal: AbortSignal): Promise<Remaining | undefined> {
    const delay = this.clock.sleep(this.#debounce.delay(linePrefix(place.before).trim() === ''), signal);
    const request = this.#inFlight;
    if (request && isAbout(request, place)) {
      const answer = await Promise.race([request.answer.catch(() => undefined), delay.then(() => undefined)]);
      const remaining = answer?.best && typedThrough(answer.best, place);
      if (remaining) return remaining;
    }
    await delay;
    return undefined;
  }

  /** The rest of what the request under way answers, when what was typed since is its beginning. */
  async #recycle(place: DocumentView, signal: AbortSignal): Promise<Remaining | undefined> {
    const request = this.#inFlight;
    if (!request) return undefined;
    const about = isAbout(request, place);
    // Two in a row are not given up for typing, or steady typing on a slow machine would never see an answer.
    const useful = this.#overtaken || worthWaiting(request, this.clock.now(), this.#debounce.latency);
    if (!about || !useful) {
      this.#overtaken = about;
      this.#drop();
      return undefined;
    }
    const answer = await Promise.race([request.answer.catch(() => undefined), whenAborted(signal)]);
    return answer?.best && typedThrough(answer.best, place);
  }

  /** Asks the engine; nothing when the request was given up. */
  async #ask(
    view: DocumentView,
    selected: SelectedItem,
    options: ProvideOptions,
    call: number,
  ): Promise<CompletionResponse | undefined> {
    this.#drop();
    const abort = new AbortController();
    const startedAt = this.clock.now();
    this.#debounce.asked();
    const answer = this.completer
      .complete(requestFor(view, selected, options), abort.signal)
      .then((response) => {
        this.#debounce.answered(this.clock.now() - startedAt);
        this.#overtaken = false;
        return { response, best: this.#remember(selected.place, response, options) };
      })
      .catch((error: unknown) => {
        if (abort.signal.aborted) return undefined;
        throw error;
      })
      .finally(() => {
        if (this.#inFlight === request) this.#inFlight = undefined;
      });
    const request: InFlight = { view: selected.place, startedAt, abort, answer };
    this.#inFlight = request;
    const given = await Promise.race([answer, whenAborted(options.signal)]);
    if (!options.signal.aborted) return given?.response;
    answer.catch(() => undefined);
    void this.#orphan(request, call);
    return undefined;
  }

  /** Nobody waits for this request: cancel it, unless the next key comes soon and decides. */
  async #orphan(request: InFlight, call: number): Promise<void> {
    await this.clock.sleep(ORPHAN_MS, request.abort.signal);
    if (this.#inFlight === request && this.#newest === call) this.#drop();
  }

  #remember(
    place: DocumentView,
    response: CompletionResponse,
    options: ProvideOptions,
  ): PlacedSuggestion | undefined {
    const suggestions = receive(place, response, options.explicit ? 0 : options.threshold);
    const best = Array.isArray(suggestions) ? suggestions[0] : undefined;
    const placed = best && placeSuggestion(place, best);
    // An answer from a part of the file gives way to a better one as soon as the whole is read.
    if (placed && !response.stillReading) this.#cache.put(placed);
    return placed;
  }

  #show(
    suggestions: Remaining[],
    selected: SelectedItem,
    view: DocumentView,
    options: ProvideOptions,
    reused?: Provided['reused'],
  ): Outcome {
    const { explicit, threshold } = options;
    const now = this.clock.now();
    const placed = placeSuggestion(selected.place, suggestions[0]!);
    if (!explicit && placed.confidence < threshold) return silent('low-confidence');
    if (!explicit && this.#rejections.has(placed, now)) return silent('recently-rejected');
    this.#shown = { suggestion: placed, since: now };
    if (options.lookAhead && selected.inserted === '')
      this.#lookAhead(selected.place, suggestions[0]!, options);
    return { items: suggestions.map((suggestion) => itemFor(suggestion, selected, view)), reused };
  }

  /** Makes the suggestion that follows on the one on show, and puts it where the cursor will look for it. */
  #lookAhead(place: DocumentView, shown: Remaining, options: ProvideOptions): void {
    this.#ahead?.abort();
    const next = placeAfter(place, shown);
    if (!next || this.#cache.find(next)) return;
    const abort = (this.#ahead = new AbortController());
    const request = requestAhead(place, shown, options);
    this.completer
      .complete(request, abort.signal)
      .then((response) => this.#remember(next, response, { ...options, explicit: false }))
      // Whatever went wrong will be told when the user gets there.
      .catch(() => undefined);
  }

  #drop(): void {
    this.#inFlight?.abort.abort();
    this.#inFlight = undefined;
  }
}

function silent(silence: SilenceReason): Outcome {
  return { items: [], silence };
}

function whenAborted(signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }));
}
