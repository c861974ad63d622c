import { expect, it } from 'vitest';
import { BackgroundReading } from '../../../runtime/engine/background-reading';
import { Completions } from '../../../runtime/engine/completions';
import { Documents } from '../../../runtime/engine/documents';
import { Logger } from '../../../runtime/engine/log';
import { ModelHost } from '../../../runtime/engine/model-host';
import { NO_CONTEXT, type ContextSource, type PromptContext } from '../../../runtime/engine/prompt-context';
import type { CompletionRequest } from '../../../runtime/protocol/completion';
import { FakeModel } from '../fakes/language-model';

const log = new Logger(() => undefined);
const uri = 'file:///a.ts';
const text = `${'let name = 1;\n'.repeat(20)}let last = \n`;
const request: CompletionRequest = {
  uri,
  version: 1,
  offset: text.length - 1,
  explicit: true,
  multiline: 'auto',
  threshold: 0,
  alternatives: 1,
};

class FoundContext implements ContextSource {
  private context: PromptContext = NO_CONTEXT;
  found: PromptContext | undefined = {
    key: 'k',
    neighbours: [{ displayPath: 'b.ts', text: 'let other = 1;\n'.repeat(20) }],
  };
  of() {
    return this.context;
  }
  next() {
    return this.found;
  }
  adopt() {
    this.context = this.found!;
    this.found = undefined;
  }
}

function completionsWith(context: ContextSource) {
  const documents = new Documents();
  const host = new ModelHost({
    name: 'fake',
    languages: [],
    load: () => Promise.resolve(new FakeModel('2;')),
    statesLimitBytes: Infinity,
    idleMs: 1000,
    log,
    onChange: () => undefined,
  });
  const reading = new BackgroundReading(
    () => host,
    log,
    () => undefined,
  );
  const completions = new Completions({
    documents,
    host: () => host,
    reading,
    inFront: (job) => job(),
    context,
    scope: () => '',
    maySave: () => false,
  });
  return { documents, host, reading, completions };
}

it('reads what other files say while it is quiet, and shows it from then on', async () => {
  const context = new FoundContext();
  const { documents, host, reading, completions } = completionsWith(context);
  documents.open({ uri, displayPath: 'a.ts', languageId: 'typescript', version: 1, text });
  const first = await completions.complete(request, undefined);
  await completions.complete(request, undefined);
  const kept = await completions.complete(request, undefined);
  // The line that the cursor is in, as there was no quiet moment yet.
  const line = '\nlet last = '.length;
  expect(kept.cost).toMatchObject({ contextTokens: first.cost.contextTokens, tokensRead: line });
  expect(context.of()).toBe(NO_CONTEXT);

  await reading.readNow();
  const then = await completions.complete(request, undefined);
  expect(then.cost.contextTokens).toBeGreaterThan(first.cost.contextTokens + 250);
  expect(context.of().key).toBe('k');
  expect((await completions.complete(request, undefined)).cost.tokensRead).toBe(0);
  await host.dispose();
});

it('goes on under a new name with what was read under the old one, until that is read anew', async () => {
  const nothing = { of: () => NO_CONTEXT, next: () => undefined, adopt: () => undefined };
  const { documents, host, reading, completions } = completionsWith(nothing);
  const item = { displayPath: 'a.ts', languageId: 'typescript', version: 1, text };
  documents.open({ ...item, uri });
  completions.opened(documents.get(uri)!);
  const before = await completions.complete(request, undefined);
  await reading.readNow();

  const renamed = 'file:///renamed-to-something-long.ts';
  completions.closed(uri);
  documents.close(uri);
  documents.open({ ...item, uri: renamed, displayPath: 'renamed-to-something-long.ts' });
  completions.opened(documents.get(renamed)!);
  const after = await completions.complete({ ...request, uri: renamed }, undefined);
  expect(after.cost).toMatchObject({ tokensRead: 0, contextTokens: before.cost.contextTokens });

  await reading.readNow();
  const anew = await completions.complete({ ...request, uri: renamed }, undefined);
  const longer = 'renamed-to-something-long.ts'.length - 'a.ts'.length;
  expect(anew.cost).toMatchObject({ tokensRead: 0, contextTokens: before.cost.contextTokens + longer });
  await host.dispose();
});
