import { beforeEach, describe, expect, it } from 'vitest';
import type { ProvideOptions } from '../../../runtime/completion/requests';
import { CompletionSession, type Provided } from '../../../runtime/completion/session';
import type { DocumentView } from '../../../runtime/completion/document-view';
import type {
  CompletionRequest,
  CompletionResponse,
  CompletionCandidate,
} from '../../../runtime/protocol/completion';
import { CancelledError } from '../../../runtime/protocol/errors';
import { FakeClock, settle } from './fake-clock';

/** An engine whose answers a test gives by hand, after as long as it likes. */
class HandEngine {
  readonly requests: {
    request: CompletionRequest;
    signal: AbortSignal;
    answer: (r: CompletionResponse) => void;
  }[] = [];

  complete = (request: CompletionRequest, signal: AbortSignal): Promise<CompletionResponse> =>
    new Promise((resolve, reject) => {
      this.requests.push({ request, signal, answer: resolve });
      signal.addEventListener('abort', () => reject(new CancelledError()));
    });

  async answer(
    text: string,
    more: Partial<CompletionCandidate & { stillReading: boolean }> = {},
  ): Promise<void> {
    const { stillReading = false, ...candidate } = more;
    this.requests.at(-1)!.answer({
      candidates: [{ text, confidence: 0.9, tokens: 3, stoppedBy: 'end-token', ...candidate }],
      cost: {
        contextTokens: 9,
        tokensRead: 4,
        tokensGenerated: 3,
        ms: { queue: 0, tokenise: 1, read: 2, decode: 3 },
      },
      stillReading,
    });
    await settle();
  }
}

/** `█` is the cursor. */
function view(document: string, more: Partial<DocumentView> = {}): DocumentView {
  const offset = document.indexOf('█');
  return {
    uri: 'file:///a.ts',
    version: 1,
    offset,
    before: document.slice(0, offset),
    after: document.slice(offset + 1),
    ...more,
  };
}

let clock: FakeClock;
let engine: HandEngine;
let session: CompletionSession;
beforeEach(() => {
  clock = new FakeClock();
  engine = new HandEngine();
  session = new CompletionSession(engine, clock);
});

function provide(document: string | DocumentView, options: Partial<ProvideOptions> = {}): Promise<Provided> {
  return session.provide(typeof document === 'string' ? view(document) : document, {
    explicit: false,
    multiline: 'auto',
    threshold: 0.23,
    signal: new AbortController().signal,
    ...options,
  });
}

/** Asks, waits out the debounce, and answers. */
async function answered(document: string, text: string, more = {}): Promise<Provided> {
  const provided = provide(document);
  await clock.pass(300);
  await engine.answer(text, more);
  return provided;
}

describe('CompletionSession', () => {
  it('waits a little, asks, and shows', async () => {
    const provided = provide('const a = █\n');
    await clock.pass(10);
    expect(engine.requests).toHaveLength(0);
    await clock.pass(100);
    expect(engine.requests[0]!.request).toMatchObject({
      offset: 10,
      threshold: 0.23,
      explicit: false,
      alternatives: 1,
    });
    await clock.pass(40);
    await engine.answer('compute();');
    expect(await provided).toMatchObject({
      items: [{ insertText: 'compute();', replaceStart: 10, replaceEnd: 10, confidence: 0.9 }],
      cost: { tokensRead: 4 },
      latency: { total: 150, debounce: 75, engine: 75 },
    });
  });

  it('keeps the suggestion while it is typed, and brings it back on backspace, without a request', async () => {
    await answered('const a = █\n', 'compute();');
    for (const [typed, left] of [
      ['c', 'ompute();'],
      ['comp', 'ute();'],
      ['co', 'mpute();'],
      ['', 'compute();'],
    ]) {
      const provided = await provide(`const a = ${typed}█\n`);
      expect(provided.items[0]?.insertText).toBe(left);
      expect(provided.reused).toBe('typed-through');
    }
    expect(engine.requests).toHaveLength(1);
  });

  it('takes an accepted word or line as typing', async () => {
    await answered('function f() {\n  █\n}\n', 'const a = 1;\n  return a;');
    const provided = await provide('function f() {\n  const a = 1;\n  █\n}\n');
    expect(provided.items[0]?.insertText).toBe('return a;');
    expect(engine.requests).toHaveLength(1);
  });

  it('follows brackets that the editor closes meanwhile', async () => {
    await answered('const a = █\n', 'f(x, g);');
    const opened = await provide('const a = f(█)\n');
    expect(opened.items[0]).toMatchObject({ insertText: 'x, g);', replaceStart: 12, replaceEnd: 13 });
    const over = await provide('const a = f(x, g)█\n');
    expect(over.items[0]).toMatchObject({ insertText: ';', replaceStart: 17, replaceEnd: 17 });
    expect(engine.requests).toHaveLength(1);
  });

  it('covers auto-closed brackets', async () => {
    const provided = await answered('f(█);\n', 'a, b);');
    expect(provided.items[0]).toMatchObject({ insertText: 'a, b);', replaceStart: 2, replaceEnd: 4 });
  });

  it('remembers suggestions for places that the cursor comes back to', async () => {
    await answered('const a = █\nconst b = 1;\n', 'compute();');
    await answered('const a = 2;\nconst b = █\n', 'other();');
    const provided = await provide('const a = com█\nconst b = 1;\n');
    expect(provided).toMatchObject({ reused: 'cache', items: [{ insertText: 'pute();' }] });
    expect(engine.requests).toHaveLength(2);
  });

  it('does not remember answers made before the file was read', async () => {
    expect(await answered('const a = █\n', 'compute();', { stillReading: true })).toMatchObject({
      stillReading: true,
    });
    session.reject();
    void provide('const a = █\n');
    await clock.pass(300);
    expect(engine.requests).toHaveLength(2);
  });

  it('answers only the newest of several keys', async () => {
    const first = provide('const a█\n');
    await clock.pass(5);
    const second = provide('const ab█\n');
    await clock.pass(300);
    expect(engine.requests).toHaveLength(1);
    expect(await first).toMatchObject({ items: [], silence: 'cancelled' });
    await engine.answer(' = 1;');
    expect((await second).items[0]?.insertText).toBe(' = 1;');
  });

  it('hands the request under way to the next key when it is nearly done', async () => {
    const first = provide('const a = █\n');
    await clock.pass(90);
    const second = provide('const a = c█\n');
    await clock.pass(200);
    expect(engine.requests).toHaveLength(1);
    await engine.answer('compute();');
    expect(await second).toMatchObject({ reused: 'in-flight', items: [{ insertText: 'ompute();' }] });
    expect((await first).silence).toBe('cancelled');
    expect(engine.requests).toHaveLength(1);
  });

  it('asks anew when what was typed is not the beginning of the answer', async () => {
    void provide('const a = █\n');
    await clock.pass(90);
    const second = provide('const a = x█\n');
    await clock.pass(200);
    await engine.answer('compute();');
    expect(engine.requests).toHaveLength(2);
    await engine.answer('yz;');
    expect((await second).items[0]?.insertText).toBe('yz;');
  });

  it('answers under steady typing that is faster than the engine', async () => {
    const text = 'const value = computeTheValue(first, second, third, fourth);';
    const slow = {
      complete: async ({ offset }: CompletionRequest, signal: AbortSignal): Promise<CompletionResponse> => {
        await clock.sleep(300, signal);
        if (signal.aborted) throw new CancelledError();
        const cost = {
          contextTokens: 0,
          tokensRead: 1,
          tokensGenerated: 9,
          ms: { queue: 0, tokenise: 0, read: 0, decode: 0 },
        };
        return {
          candidates: [{ text: text.slice(offset), confidence: 0.9, tokens: 9, stoppedBy: 'end-token' }],
          cost,
          stillReading: false,
        };
      },
    };
    const typing = new CompletionSession(slow, clock);
    let shown = 0;
    let call = new AbortController();
    for (let at = 1; at < text.length - 1; at++) {
      call.abort();
      call = new AbortController();
      const options = { explicit: false, multiline: 'auto' as const, threshold: 0.23, signal: call.signal };
      void typing
        .provide(view(`${text.slice(0, at)}█`), options)
        .then(({ items }) => (shown += items.length));
      await clock.pass(120);
    }
    expect(shown).toBeGreaterThan(text.length * 0.7);
  });

  it('cancels the request under way when the cursor goes elsewhere', async () => {
    void provide('const a = █\n\n\n');
    await clock.pass(90);
    void provide('const a = 1\n\n  █\n');
    await clock.pass(300);
    expect(engine.requests[0]!.signal.aborted).toBe(true);
    expect(engine.requests).toHaveLength(2);
  });

  it('cancels a request that nobody takes over', async () => {
    const abort = new AbortController();
    const provided = provide('const a = █\n', { signal: abort.signal });
    await clock.pass(90);
    abort.abort();
    expect((await provided).silence).toBe('cancelled');
    expect(engine.requests[0]!.signal.aborted).toBe(false);
    await clock.pass(300);
    expect(engine.requests[0]!.signal.aborted).toBe(true);
    expect(clock.sleeping).toBe(0);
  });

  it('asks at once and shows anything when asked by hand', async () => {
    const provided = provide('const a = wo█rd\n', { explicit: true, alternatives: 3 });
    await settle();
    expect(engine.requests[0]!.request).toMatchObject({ threshold: 0, explicit: true, alternatives: 3 });
    await engine.answer('nderful', { confidence: 0.01 });
    expect((await provided).items).toHaveLength(1);
  });

  it.each([
    ['mid-word', 'const wo█rd = 1;\n'],
    ['line-complete', 'const a = 1;█\n'],
  ])('does not ask: %s', async (silence, document) => {
    expect(await provide(document)).toMatchObject({ items: [], silence });
    expect(engine.requests).toHaveLength(0);
  });

  it.each([
    ['low-confidence', 'compute();', { confidence: 0.1 }],
    ['low-confidence', 'comp', { confidence: 0.3, stoppedBy: 'low-confidence' as const }],
    ['model-empty', ' ', {}],
    ['filtered', 'let b = 1;', {}],
  ])('stays silent: %s', async (silence, text, more) => {
    const provided = await answered('let a = 1;\n█\nlet b = 1;\n', text, more);
    expect(provided).toMatchObject({ items: [], silence });
    expect(provided.cost).toBeDefined();
  });

  it('passes on what the engine says', async () => {
    const provided = provide('a█');
    await clock.pass(300);
    engine.requests[0]!.answer({
      candidates: [],
      cost: {
        contextTokens: 0,
        tokensRead: 0,
        tokensGenerated: 0,
        ms: { queue: 0, tokenise: 0, read: 0, decode: 0 },
      },
      stillReading: false,
      silence: 'ignored-file',
    });
    expect((await provided).silence).toBe('ignored-file');
  });

  it('passes on the errors of the engine', async () => {
    const failing = new CompletionSession({ complete: () => Promise.reject(new Error('gone')) }, clock);
    const provided = failing.provide(view('a█'), {
      explicit: true,
      multiline: 'auto',
      threshold: 0,
      signal: new AbortController().signal,
    });
    await expect(provided).rejects.toThrow('gone');
  });

  it('does not offer again what was turned down', async () => {
    await answered('const a = █\n', 'compute();');
    session.reject();
    expect((await provide('const a = █\n')).silence).toBe('recently-rejected');
    expect((await answered('const a = 1;\nconst b = █\n', 'compute();')).items).toHaveLength(1);
    await clock.pass(61_000);
    expect((await provide('const a = █\n')).items).toHaveLength(1);
  });

  it('takes reading a suggestion and typing something else for a refusal, but not a slip', async () => {
    await answered('const a = █\n', 'compute();');
    await clock.pass(1000);
    void provide('const a = x█\n');
    await clock.pass(1);
    expect((await provide('const a = █\n')).items).toHaveLength(1);
    await clock.pass(1000);
    void provide('const a = other█\n');
    await clock.pass(1);
    expect((await provide('const a = █\n')).silence).toBe('recently-rejected');
  });

  it("continues the suggest widget's item and inserts both", async () => {
    const provided = provide(view('foo.ma█\n', { selected: { start: 4, text: 'map' } }));
    await clock.pass(300);
    expect(engine.requests[0]!.request).toMatchObject({ offset: 6, selectedText: 'p' });
    await engine.answer('((x) => x)');
    expect((await provided).items[0]).toMatchObject({
      insertText: 'map((x) => x)',
      replaceStart: 4,
      replaceEnd: 6,
    });
    const other = await provide(view('foo.ma█\n', { selected: { start: 4, text: 'formatAll' } }));
    expect(other).toMatchObject({ items: [], silence: 'filtered' });
  });

  it('writes the line ends that the document has', async () => {
    const provided = await answered('if (a) {\r\n  █\r\n}\r\n', 'b();\n  c();');
    expect(provided.items[0]?.insertText).toBe('b();\r\n  c();');
  });

  describe('looking ahead', () => {
    const lookAhead = { lookAhead: true };

    async function shown(document: string, text: string): Promise<void> {
      const provided = provide(document, lookAhead);
      await clock.pass(300);
      await engine.answer(text);
      expect((await provided).items).toHaveLength(1);
    }

    it('makes the suggestion after the one on show, so that accepting leads to it at once', async () => {
      await shown('const total = █\n', 'sum(values) +');
      expect(engine.requests).toHaveLength(2);
      expect(engine.requests[1]!.request).toMatchObject({
        ahead: true,
        selectedText: 'sum(values) +',
        offset: 'const total = '.length,
      });
      await engine.answer(' rest;');
      const next = await provide('const total = sum(values) +█\n', lookAhead);
      expect(next).toMatchObject({ items: [{ insertText: ' rest;' }], reused: 'cache' });
      expect(engine.requests).toHaveLength(2);
    });

    it('knows of the brackets that accepting replaces', async () => {
      await shown('run(█)\n', 'first)\n  .then(');
      expect(engine.requests[1]!.request).toMatchObject({ replacedAfter: 1 });
    });

    it('goes on while the suggestion is typed, and ends when something else is asked', async () => {
      await shown('const total = █\n', 'sum(values) +');
      await provide('const total = su█\n', lookAhead);
      expect(engine.requests[1]!.signal.aborted).toBe(false);
      void provide('const total = x█\n', lookAhead);
      await clock.pass(300);
      expect(engine.requests[1]!.signal.aborted).toBe(true);
      expect(engine.requests[2]!.request.ahead).toBeUndefined();
    });

    it('does not where nothing would be asked for, nor unless it is told to', async () => {
      await shown('const total = █\n', 'sum(values);');
      expect(engine.requests).toHaveLength(1);
      await answered('const other = █\n', 'sum(values) +');
      expect(engine.requests).toHaveLength(2);
    });
  });

  it('forgets a document and stops its request', async () => {
    await answered('const a = █\n', 'compute();');
    void provide('const a = 1\nx█');
    await clock.pass(300);
    session.forget('file:///a.ts');
    expect(engine.requests[1]!.signal.aborted).toBe(true);
    void provide('const a = █\n');
    await clock.pass(300);
    expect(engine.requests).toHaveLength(3);
  });
});
