/** What it costs to go on from what was read: how soon the first token comes after a keystroke, a jump, a restart. */
import { completeAt } from '../engine/completion-job';
import type { LoadedModel } from '../engine/model-host';
import { planPlace, stepsAhead, type PromptPlace } from '../engine/prompt-place';
import { Priority, type LanguageModel } from '../inference/language-model';
import { throwIfAborted } from '../protocol/errors';
import { Checkpoints } from '../state/checkpoints';
import type { SavedStates } from '../state/saved-states';
import { resumeText, type ResumeText, type ResumeTextOptions } from './resume-text';
import { percentile } from './statistics';

/** Medians, from the request to the first generated token. */
export interface ResumeFigure {
  ms: number;
  tokensRead: number;
}

export interface ResumeReport {
  /** Nothing is kept. */
  cold: ResumeFigure;
  /** The very same request again. */
  same: ResumeFigure;
  /** One more character where the cursor was. */
  type: ResumeFigure;
  /** A character typed at a place that the cursor jumped to. */
  edit: ResumeFigure;
}

export interface ResumeOptions extends ResumeTextOptions {
  displayPath: string;
  signal?: AbortSignal | undefined;
  onProgress?: (label: string, done: number, total: number) => void;
}

const scope = 'bench';
/** Cold reads are all of one length, so that few of them say what there is to say. */
const coldReads = 3;

/** All but the restart. Leaves on disk what a restart finds. */
export async function measureResume(
  model: LanguageModel,
  saved: SavedStates,
  options: ResumeOptions,
): Promise<ResumeReport> {
  const { signal, onProgress } = options;
  const prepared = resumeText(model, options);
  const { offsets, text } = prepared;
  const place = (offset: number, typed: string) => placeAt(prepared, options, offset, typed);
  const [cold, same, type, edit] = [new Series(), new Series(), new Series(), new Series()];
  const total = coldReads + offsets.length;
  for (let i = 0; i < coldReads; i++) {
    throwIfAborted(signal);
    onProgress?.('reading cold', i, total);
    const nothing = { model, checkpoints: new Checkpoints(model, Infinity) };
    await ask(
      nothing,
      place(offsets[Math.floor(((i + 0.5) * offsets.length) / coldReads)]!, 'x'),
      cold,
      signal,
    );
    nothing.checkpoints.clear();
  }
  const loaded = { model, checkpoints: new Checkpoints(model, Infinity, saved) };
  // The file is open, and the cursor at its end.
  await readAhead(loaded, place(text.length, ''), signal);
  for (const [i, offset] of offsets.entries()) {
    throwIfAborted(signal);
    onProgress?.('editing', coldReads + i, total);
    const edited = place(offset, 'x');
    const previous = await ask(loaded, edited, edit, signal);
    await readAhead(loaded, { ...edited, previous }, signal);
    await ask(loaded, { ...edited, previous }, same, signal);
    await ask(loaded, { ...place(offset, 'xy'), previous }, type, signal);
  }
  await loaded.checkpoints.persist({ priority: Priority.Background, signal }, () => true);
  loaded.checkpoints.clear();
  return { cold: cold.median(), same: same.median(), type: type.median(), edit: edit.median() };
}

/** In a process that has read nothing: one more character at each place, from what the disk holds alone. */
export async function measureRestart(
  model: LanguageModel,
  saved: SavedStates,
  options: ResumeOptions,
): Promise<ResumeFigure> {
  const prepared = resumeText(model, options);
  const series = new Series();
  for (const offset of prepared.offsets) {
    throwIfAborted(options.signal);
    const loaded = { model, checkpoints: new Checkpoints(model, Infinity, saved) };
    await ask(loaded, placeAt(prepared, options, offset, 'xy'), series, options.signal);
    loaded.checkpoints.clear();
  }
  return series.median();
}

class Series {
  private readonly ms: number[] = [];
  private readonly tokensRead: number[] = [];

  add(ms: number, tokensRead: number): void {
    this.ms.push(ms);
    this.tokensRead.push(tokensRead);
  }

  median(): ResumeFigure {
    return { ms: percentile(this.ms, 0.5), tokensRead: percentile(this.tokensRead, 0.5) };
  }
}

/** Each place is a document of its own on disk, so that all of them are there after a restart. */
function placeAt(
  { text }: ResumeText,
  { displayPath, tokens }: ResumeOptions,
  offset: number,
  typed: string,
): PromptPlace {
  return {
    scope,
    label: `place-${offset}`,
    displayPath,
    before: text.slice(0, offset) + typed,
    after: text.slice(offset),
    previous: undefined,
    // All of the text, however long: it is the keeping that is measured, not how much of a file is of use to this model.
    limits: {
      far: { keepTokens: tokens, minTokens: tokens, maxTokens: 2 * tokens },
      tokensInFront: Infinity,
    },
  };
}

/** A request that ends at its first token, as that is below any threshold. Answers with the anchor to go on with. */
async function ask(
  loaded: LoadedModel,
  place: PromptPlace,
  series: Series,
  signal: AbortSignal | undefined,
): Promise<PromptPlace['previous']> {
  const request = {
    uri: '',
    version: 1,
    offset: place.before.length,
    explicit: false,
    multiline: 'never' as const,
    threshold: Infinity,
    alternatives: 1,
  };
  const started = performance.now();
  const { response, plan } = await completeAt(loaded, { ...place, request, readsAhead: true }, signal);
  series.add(performance.now() - started, response.cost.tokensRead);
  return plan;
}

/** As the editor does when it is quiet. */
async function readAhead(
  loaded: LoadedModel,
  place: PromptPlace,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { model, checkpoints } = loaded;
  const [first] = stepsAhead(model, place, planPlace(loaded, place));
  const work = { priority: Priority.Background, signal };
  const { state } = await checkpoints.resume(scope, first!.reading.ids, first!.reading.keep, work);
  model.release(state);
}
