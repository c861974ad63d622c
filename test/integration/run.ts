/**
 * `npm run test:integration`: the suites of this folder inside the real extension host, where they use the editor's own
 * API. The editor loads this checkout (`npm run build` first) instead of a package.
 */
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { root } from '../../scripts/lib/paths.mjs';
import { addChatModel } from '../e2e/lib/chat-model';
import { resultsFolder } from '../e2e/lib/logs';
import { writeCounts } from '../e2e/lib/runner';
import { Session } from '../e2e/lib/session';
import { bundleSuites } from './bundle';
import { mark } from './index';

const limitMs = 300_000;

interface Outcome {
  suite: string;
  name: string;
  ms: number;
  error?: string;
}

function report(outcome: Outcome): void {
  const { suite, name, ms, error } = outcome;
  console.log(`  ${error === undefined ? 'ok  ' : 'FAIL'} ${suite}: ${name} (${(ms / 1000).toFixed(1)} s)`);
  if (error !== undefined)
    console.log(
      error
        .split('\n')
        .slice(0, 12)
        .map((line) => `       ${line}`)
        .join('\n'),
    );
}

/** Settles with the editor's exit code once all suites have run. */
async function runInEditor(session: Session, script: string, outcomes: Outcome[]): Promise<number> {
  const { page } = session.workbench;
  let end: (code: number) => void = () => undefined;
  const ended = new Promise<number>((resolve) => (end = resolve));
  // The editor's test mode calls these two functions of the page.
  await page.exposeFunction('codeAutomationExit', (code: number) => end(code));
  await page.exposeFunction('codeAutomationLog', (_type: string, args: unknown[]) => {
    for (const text of args) {
      if (typeof text !== 'string' || !text.includes(mark)) continue;
      const outcome = JSON.parse(text.slice(text.indexOf('{'))) as Outcome;
      outcomes.push(outcome);
      report(outcome);
    }
  });
  const remote = (file: string) => `vscode-remote://127.0.0.1:${session.server.port}${file}`;
  const payload = [
    ['extensionDevelopmentPath', remote(root)],
    ['extensionTestsPath', remote(script.replace(/\.js$/, ''))],
    ['skipWelcome', 'true'],
  ];
  await page.goto(
    `${session.server.url}/?folder=${encodeURIComponent(session.workspace)}&payload=${encodeURIComponent(JSON.stringify(payload))}`,
  );
  const late = delay(limitMs, undefined, { ref: false }).then(() => {
    throw new Error(`The suites did not end within ${limitMs / 1000} s.`);
  });
  return Promise.race([ended, late]);
}

async function main(): Promise<boolean> {
  const script = await bundleSuites();
  const session = await Session.start({
    vsix: false,
    serverArgs: ['--vscode-option', 'enable-smoke-test-driver'],
  });
  await addChatModel(session.dataFolder);
  const outcomes: Outcome[] = [];
  let problem: unknown;
  try {
    const code = await runInEditor(session, script, outcomes);
    if (code !== 0 && outcomes.every(({ error }) => error === undefined)) problem = `exit code ${code}`;
  } catch (error) {
    problem = error;
  }
  if (outcomes.length === 0) problem ??= 'no test ran';
  const failed = outcomes.filter(({ error }) => error !== undefined).length + (problem === undefined ? 0 : 1);
  if (problem !== undefined) console.error(problem);
  if (failed > 0) await session.saveEvidence(path.join(resultsFolder, 'failed', 'integration'));
  await session.stop();
  const counts = { passed: outcomes.length - (failed - (problem === undefined ? 0 : 1)), failed };
  await writeCounts('integration', counts);
  console.log(`integration: ${counts.passed} passed, ${counts.failed} failed`);
  return failed === 0;
}

main().then(
  (ok) => process.exit(ok ? 0 : 1),
  async (error: unknown) => {
    console.error(error);
    await writeCounts('integration', { passed: 0, failed: 1 });
    process.exit(1);
  },
);
