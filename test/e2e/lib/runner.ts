/**
 * Runs end-to-end tests one after the other against one editor. What fails is told with its evidence and tried once more in a
 * tidied window, since an editor in a browser has races of its own; what passes only then is told as well.
 */
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
    let ok = await passes(test, session);
    if (!ok) {
      ok = await passes(test, session);
      console.log(ok ? '       passed at the second try' : '       failed twice');
    }
    counts[ok ? 'passed' : 'failed'] += 1;
  }
  await writeCounts('e2e', counts);
  return counts;
}

async function passes(test: EndToEndTest, session: Session): Promise<boolean> {
  const started = performance.now();
  const error = await attempt(test, session);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`  ${error === undefined ? 'ok  ' : 'FAIL'} ${test.name} (${seconds} s)`);
  if (error !== undefined) await report(test, error, session);
  await session.workbench
    .tidy()
    .catch((reason: unknown) => console.log(`       could not tidy up: ${String(reason)}`));
  return error === undefined;
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
