import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding, ProbeRequest } from '../../../../runtime/engine/providers/finding';
import { runProbe, type RunProbeOptions } from '../../../../runtime/engine/providers/run-probe';
import { temporaryFolder } from '../../fixtures/model-folder';

const request: ProbeRequest = { provider: 'webgpu', folder: 'model', cacheFolder: 'cache', threads: 2 };
const timings = { readTokensPerSecond: 1000, firstTokenMs: 5, msPerToken: 2 };
const measured: Finding = { precision: 'int8', error: 1e-5, own: timings, cpu: timings };

let folder: ReturnType<typeof temporaryFolder>;
beforeAll(() => (folder = temporaryFolder()));
afterAll(() => folder.remove());

/** Probes with a process that does this once it has been told what to probe. */
function probing(script: string, options: Partial<RunProbeOptions> = {}): Promise<Finding> {
  const modulePath = path.join(folder.path, `${Math.random().toString(36).slice(2)}.cjs`);
  writeFileSync(modulePath, `process.on('message', (request) => { ${script} });`);
  return runProbe(request, { modulePath, ...options });
}
const end = '() => process.exit()';

describe('a probing process', () => {
  it('tells its steps and what it found', async () => {
    const steps: string[] = [];
    const script = `process.send({ step: request.folder }); process.send({ finding: ${JSON.stringify(measured)} }, ${end});`;
    expect(await probing(script, { onStep: (step) => steps.push(step) })).toEqual(measured);
    expect(steps).toEqual(['model']);
    expect(await probing(`process.send({ finding: { reason: 'No adapter.' } }, ${end})`)).toEqual({
      reason: 'No adapter.',
    });
  });

  it.each<[what: string, script: string, reason: RegExp]>([
    [
      'crashes',
      `process.send({ step: 'Looking' }, () => process.kill(process.pid, 'SIGSEGV'));`,
      /^Looking: .* crashed \(SIGSEGV\)\. .*newer driver/,
    ],
    ['ends with an error', `throw new Error('no loader');`, /without a result \(code 1\).*It wrote: /],
    ['ends without a word', 'process.exit(0);', /^Starting: .* without a result \(code 0\)/],
    ['says what nobody understands', `process.send(['?'], ${end});`, /without a result/],
    [
      'finds what is no finding',
      `process.send({ finding: { own: 1, error: null } }, ${end});`,
      /without a result/,
    ],
  ])('%s, and that is the finding', async (_, script, reason) => {
    expect(await probing(script)).toEqual({ reason: expect.stringMatching(reason) as string });
  });

  it('is killed when it hangs, and when it goes on for too long', async () => {
    const hanging = `process.send({ step: 'Measuring' }, () => { for (;;); });`;
    expect(await probing(hanging, { silentMs: 2000 })).toEqual({
      reason: expect.stringMatching(/^Measuring: .* did not answer for 2 s/) as string,
    });
    const talking = `setInterval(() => process.send({ step: 'Measuring' }), 50);`;
    expect(await probing(talking, { silentMs: 2000, longestMs: 1000 })).toEqual({
      reason: expect.stringMatching(/was not done after 1 s/) as string,
    });
  });

  it('is killed when nobody wants to know any more', async () => {
    const abort = new AbortController();
    const pids: number[] = [];
    const probed = probing(`process.send({ step: String(process.pid) }); setInterval(() => {}, 1000);`, {
      signal: abort.signal,
      onStep: (pid) => {
        pids.push(Number(pid));
        abort.abort();
      },
    });
    await expect(probed).rejects.toThrow('Cancelled');
    expect(() => process.kill(pids[0]!, 0)).toThrow('ESRCH');
    await expect(probing('', { signal: AbortSignal.abort() })).rejects.toThrow('Cancelled');
  });

  it('that cannot be started is a finding as well', async () => {
    const modulePath = path.join(folder.path, 'missing.cjs');
    expect(await runProbe(request, { modulePath })).toEqual({
      reason: expect.stringMatching(/without a result/) as string,
    });
  });
});
