/**
 * `npm run test:e2e [-- expression for the tests' names]`: a user's view of the packaged extension, in a real VS Code in a real
 * browser. Needs the package (`npm run package`). Evidence of failures is left in test-results/.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { tests as ask } from './ask.e2e';
import { tests as badInput } from './bad-input.e2e';
import { tests as chat } from './chat.e2e';
import { tests as completion } from './completion.e2e';
import { tests as damagedModel } from './damaged-model.e2e';
import { resultsFolder } from './lib/logs';
import { runTests, writeCounts } from './lib/runner';
import { Session } from './lib/session';
import { tests as models } from './models.e2e';
import { tests as oddFiles } from './odd-files.e2e';
import { tests as off } from './off.e2e';
import { tests as recovery } from './recovery.e2e';
import { tests as savedData } from './saved-data.e2e';
import { tests as silence } from './silence.e2e';
import { tests as summary } from './summary.e2e';
import { tests as themes } from './themes.e2e';
import { tests as trust } from './trust.e2e';
import { tests as walkthrough } from './walkthrough.e2e';
import { tests as windows } from './windows.e2e';
import { tests as writtenAnswers } from './written-answers.e2e';

// The first test opens the window, and is the one that measures how soon the first suggestion comes.
const all = [
  ...completion,
  ...walkthrough,
  ...ask,
  ...summary,
  ...silence,
  ...themes,
  ...off,
  ...recovery,
  ...windows,
  ...savedData,
  ...models,
  ...writtenAnswers,
  ...chat,
  ...damagedModel,
  ...badInput,
  ...oddFiles,
  ...trust,
];

async function main(): Promise<boolean> {
  const pattern = new RegExp(process.argv.slice(2).join(' '), 'i');
  const chosen = all.filter(({ name }) => pattern.test(name));
  if (chosen.length === 0) throw new Error(`No end-to-end test's name matches ${pattern}.`);
  await rm(path.join(resultsFolder, 'failed'), { recursive: true, force: true });
  const session = await Session.start({ vsix: true });
  const stop = () => void session.stop().finally(() => process.exit(1));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    if (chosen[0] !== all[0]) {
      await session.workbench.open(session.workspace);
      await session.workbench.ready();
    }
    const { passed, failed } = await runTests(chosen, session);
    console.log(`end-to-end: ${passed} passed, ${failed} failed`);
    return failed === 0;
  } finally {
    await session.stop();
  }
}

main().then(
  (ok) => process.exit(ok ? 0 : 1),
  async (error: unknown) => {
    console.error(error);
    await writeCounts('e2e', { passed: 0, failed: 1 });
    process.exit(1);
  },
);
