/** The engine's process is killed in the middle of each job: the editor goes on, says so, and the next request works. */
import assert from 'node:assert/strict';
import { ask, beginAsking, retype, suggest, summarise } from './jobs';
import { killEngineDuring, poll, waitForEngine } from './lib/processes';
import type { EndToEndTest } from './lib/runner';
import type { Session } from './lib/session';

const question = 'How are files that git ignores kept out of the index?';

/** A series of crashes is notified once; what a crash has cut short says so itself, in its tab. */
async function noticed({ workbench }: Session, where: 'notification' | 'ask' | 'summary'): Promise<void> {
  const notice =
    where === 'notification'
      ? workbench.notification(/engine ended unexpectedly/)
      : workbench.panel.locator(`#panel-${where} .message`, { hasText: /engine ended/ });
  await notice.waitFor();
}

async function restarted({ folders }: Session, killed: number): Promise<void> {
  const next = await poll(async () => {
    const pid = await waitForEngine(folders.userData);
    return pid === killed ? undefined : pid;
  }, 30_000);
  assert.ok(next !== undefined, 'the engine was not started again');
}

async function editorStillWorks({ workbench }: Session): Promise<void> {
  await workbench.openFile('notes.txt', ':1:1');
  await workbench.page.keyboard.press('Control+End');
  await workbench.type('still here');
  assert.match(await workbench.visibleText(), /still here/);
}

export const tests: EndToEndTest[] = [
  {
    name: 'the engine killed while it completes',
    timeoutMs: 120_000,
    async run(session) {
      const { workbench, folders } = session;
      await suggest(workbench);
      await workbench.page.keyboard.press('Escape');
      const killed = await killEngineDuring(folders.userData, async () => {
        await retype(workbench);
        await workbench.page.waitForTimeout(1000);
      });
      await noticed(session, 'notification');
      await restarted(session, killed);
      await editorStillWorks(session);
      await suggest(workbench);
    },
  },
  {
    name: 'the engine killed while it answers a question',
    timeoutMs: 180_000,
    async run(session) {
      const { workbench, folders } = session;
      await ask(workbench, question);
      const killed = await killEngineDuring(folders.userData, () =>
        beginAsking(workbench, `${question} Please.`),
      );
      await noticed(session, 'ask');
      await restarted(session, killed);
      await editorStillWorks(session);
      await ask(workbench, question);
    },
  },
  {
    name: 'the engine killed while it summarises',
    timeoutMs: 180_000,
    async run(session) {
      const { workbench, folders } = session;
      await workbench.openFile('totals.ts');
      await workbench.openPanel();
      const killed = await killEngineDuring(folders.userData, async () => {
        await workbench.command('Longview: Summarize File');
        await workbench.panel.locator('.summary .running:visible').waitFor();
      });
      await noticed(session, 'summary');
      await restarted(session, killed);
      await editorStillWorks(session);
      await summarise(workbench, 'totals.ts');
      await suggest(workbench);
    },
  },
];
