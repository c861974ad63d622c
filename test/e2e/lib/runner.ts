/** Runs end-to-end tests one after the other against one editor; nothing is tried twice. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { resultsFolder } from './logs';
import type { Session } from './session';

export interface EndToEndTest {
  name: string;
  /** Default 60 s. */
  timeoutMs?: number;
  run(session: Session): Promise<void>;
}

/** Also writes the counts to test-results/e2e.json. */
export async function runTests(
  tests: EndToEndTest[],
  session: Session,
): Promise<{ passed: number; failed: number }> {
  const counts = { passed: 0, failed: 0 };
  for (const test of tests) {
    const started = performance.now();
    const error = await attempt(test, session);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    counts[error === undefined ? 'passed' : 'failed'] += 1;
    console.log(`  ${error === undefined ? 'ok  ' : 'FAIL'} ${test.name} (${seconds} s)`);
    if (error !== undefined) await report(test, error, session);
    await session.workbench
      .tidy()
      .catch((reason: unknown) => console.log(`       could not tidy up: ${String(reason)}`));
  }
  await writeCounts('e2e', counts);
  return counts;
}

export async function writeCounts(name: string, counts: { passed: number; failed: number }): Promise<void> {
  await mkdir(resultsFolder, { recursive: true });
  await writeFile(path.join(resultsFolder, `${name}.json`), JSON.stringify(counts));
}

async function attempt(test: EndToEndTest, session: Session): Promise<unknown> {
  const limit = test.timeoutMs ?? 60_000;
  const stopwatch = new AbortController();
  try {
    await Promise.race([
      test.run(session),
      delay(limit, undefined, { signal: stopwatch.signal }).then(() => {
        throw new Error(`took longer than ${limit / 1000} s`);
      }),
    ]);
    return undefined;
  } catch (error) {
    return error;
  } finally {
    stopwatch.abort();
  }
}

async function report(test: EndToEndTest, error: unknown, session: Session): Promise<void> {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const folder = path.join(resultsFolder, 'failed', test.name.replace(/\W+/g, '-'));
  console.log(
    text
      .split('\n')
      .slice(0, 12)
      .map((line) => `       ${line}`)
      .join('\n'),
  );
  await session
    .saveEvidence(folder)
    .catch((reason: unknown) => console.log(`       no evidence saved: ${String(reason)}`));
  console.log(`       see ${path.relative(process.cwd(), folder)}`);
}
