import { describe, expect, it } from 'vitest';
import { replay } from '../../../runtime/evaluation/replay';
import { FakeClock } from '../completion/fake-clock';
import { FakeEngine, type Answer } from './fake-engine';

const text = 'const alpha = compute();\nfunction f() {\n  return alpha;\n}\n';
const from = text.indexOf('compute');
const to = text.indexOf('\n}');

async function typed(answers: (before: string) => Answer | undefined, source = text) {
  const clock = new FakeClock();
  const engine = new FakeEngine(answers);
  const document = {
    uri: 'file:///a.ts',
    displayPath: 'a.ts',
    languageId: 'typescript',
    version: 1,
    text: source,
  };
  let finished = false;
  const report = replay(document, engine, { from, to, keystrokeMs: 120, clock }).finally(
    () => (finished = true),
  );
  while (!finished) await clock.pass(10);
  return { engine, report: await report };
}

/** Knows the file, and tells the rest of the line. */
const oracle = (before: string): Answer => ({
  text: text.slice(before.length).split('\n')[0]!,
  confidence: 0.9,
});

describe('replay', () => {
  it('types every character when nothing is suggested, an indentation with its Enter', async () => {
    const { report, engine } = await typed(() => undefined);
    expect(report.keystrokes).toBe(to - from - 2);
    expect(report).toMatchObject({
      answeredShare: 0,
      keystrokesSaved: 0,
      accepted: 0,
      tokensShown: 0,
      allTokensCounted: false,
    });
    expect(engine.documents.size).toBe(0);
  });

  it('accepts what is right, and counts what that saves', async () => {
    const { report } = await typed(oracle);
    expect(report.accepted).toBeGreaterThan(1);
    // Keys and what accepts wrote make up the region.
    expect(report.keystrokes + report.keystrokesSaved).toBe(to - from - 2);
    expect(report.keystrokesSaved).toBeGreaterThan(20);
    expect(report.latencyMs.p50).toBeGreaterThan(0);
    expect(report.latencyParts.debounce).toBeGreaterThan(0);
  });

  it('never accepts what is wrong', async () => {
    const { report } = await typed(() => ({ text: 'wrong text', confidence: 0.9 }));
    expect(report.accepted).toBe(0);
    expect(report.answeredShare).toBeGreaterThan(0.3);
  });

  it('holds back what the model is not sure of, and says so', async () => {
    const { report } = await typed((before) => ({ ...oracle(before), confidence: 0.1 }));
    expect(report.answeredShare).toBe(0);
    expect(report.silences['low-confidence']).toBeGreaterThan(0);
  });

  it('refuses a region outside the file', async () => {
    await expect(typed(() => undefined, 'short')).rejects.toThrow(/--from must lie before --to/);
  });
});
