/** Runs the steps of a long check one after the other, and adds up what passed and what failed. */

import { performance } from 'node:perf_hooks';

/**
 * @typedef {{name: string, needs?: string[], run: () => Promise<{passed: number, failed: number} | void>}} Phase
 * A phase without counts is one check. One whose needs failed is not run and counts as failed.
 */

/** @param {Phase[]} phases */
export async function runPhases(phases) {
  const results = [];
  for (const [index, phase] of phases.entries()) {
    console.log(`\n== ${index + 1}/${phases.length} ${phase.name}`);
    const started = performance.now();
    const result = {
      name: phase.name,
      ...(await outcome(phase, results)),
      seconds: (performance.now() - started) / 1000,
    };
    console.log(
      `== ${phase.name}: ${result.failed === 0 ? 'ok' : 'FAILED'} in ${result.seconds.toFixed(1)} s`,
    );
    results.push(result);
  }
  return results;
}

async function outcome(phase, earlier) {
  const missing = (phase.needs ?? []).filter((need) =>
    earlier.some(({ name, failed }) => name === need && failed > 0),
  );
  if (missing.length > 0) {
    console.log(`Not run, since ${missing.join(' and ')} failed.`);
    return { passed: 0, failed: 1 };
  }
  try {
    return (await phase.run()) ?? { passed: 1, failed: 0 };
  } catch (error) {
    console.error(error.message);
    return { passed: 0, failed: 1 };
  }
}

/** Prints the times and the sums; the last line is for programs to read. */
export function summarise(results) {
  const total = { passed: 0, failed: 0, seconds: 0 };
  console.log('');
  for (const { name, passed, failed, seconds } of results) {
    console.log(
      `${name.padEnd(16)}${String(passed).padStart(6)} ok ${String(failed).padStart(4)} not ${seconds.toFixed(1).padStart(8)} s`,
    );
    total.passed += passed;
    total.failed += failed;
    total.seconds += seconds;
  }
  console.log(`${'all'.padEnd(16)}${' '.repeat(18)}${total.seconds.toFixed(1).padStart(8)} s\n`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0;
}
