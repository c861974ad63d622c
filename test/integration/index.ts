/** Runs in the extension host: the editor calls `run` and ends with its outcome. */
import type { IntegrationTest } from './suite';

/** Lines that start with this mark are for the harness outside. */
export const mark = '[integration]';

export async function runSuites(suites: Record<string, readonly IntegrationTest[]>): Promise<void> {
  let failed = 0;
  for (const [suite, tests] of Object.entries(suites)) {
    for (const test of tests) {
      const started = Date.now();
      const error = await attempt(test);
      failed += error === undefined ? 0 : 1;
      console.log(
        `${mark} ${JSON.stringify({ suite, name: test.name, ms: Date.now() - started, ...(error !== undefined && { error }) })}`,
      );
    }
  }
  if (failed > 0) throw new Error(`${failed} integration tests failed`);
}

async function attempt(test: IntegrationTest): Promise<string | undefined> {
  const limit = test.timeoutMs ?? 60_000;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${limit / 1000} s`)), limit);
  });
  try {
    await Promise.race([test.run(), late]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  } finally {
    clearTimeout(timer);
  }
}
