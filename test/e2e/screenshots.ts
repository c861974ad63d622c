/**
 * `npm run screenshots`: makes the pictures of the README (media/screenshots) and of the walkthrough (media/walkthrough)
 * from the packaged extension at work on this very project. Needs the package (`npm run package`).
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';
import { question } from './ask.e2e';
import { ask, suggest, summarise } from './jobs';
import { Session } from './lib/session';

/** The copy of the project has no node_modules, so that the editor's own checks would find fault with it. */
const settings = {
  'typescript.validate.enable': false,
  'editor.bracketPairColorization.enabled': false,
  'editor.stickyScroll.enabled': false,
};

/** Of the window, what a picture of the walkthrough shows: it stands in half a window, so less is more. */
const detail = { x: 0, y: 0, width: 880, height: 560 };
const editor = { x: 354, y: 84, width: 760, height: 400 };
/** The doctor's first lines; those below name folders of the machine that the picture was taken on. */
const report = { ...editor, y: 65, height: 210 };

async function main(): Promise<void> {
  const session = await Session.start({ vsix: true, viewport: { width: 1280, height: 760 } });
  const { workbench } = session;
  const picture = async (file: string, clip?: typeof detail) => {
    const target = path.join(root, 'media', file);
    await mkdir(path.dirname(target), { recursive: true });
    await workbench.page.screenshot({ path: target, ...(clip && { clip }) });
    console.log(`media/${file}`);
  };
  try {
    await workbench.open(session.workspace);
    await workbench.ready();
    await workbench.settings(settings);
    await suggest(workbench);
    await workbench.command('Longview: Show Completions for the Cursor');
    await workbench.panel.locator('.candidate').first().waitFor();
    await suggest(workbench);
    await picture('screenshots/completion.png');
    await workbench.page.keyboard.press('Escape');
    await workbench.command('File: Revert File');

    const passages = await ask(workbench, question);
    await passages.first().locator('.place').click();
    await workbench.marks.first().waitFor();
    await picture('screenshots/ask.png');
    await picture('walkthrough/ask.png', detail);

    const rows = await summarise(workbench, 'extension/engine/backoff.ts');
    await rows.filter({ hasText: 'function decideRestart' }).click();
    await workbench.marks.first().waitFor();
    await picture('screenshots/summary.png');
    await picture('walkthrough/summarize.png', detail);

    await workbench.command('View: Close All Editors');
    await workbench.command('Longview: Show Diagnostics');
    await workbench.tab('Longview diagnostics.md').waitFor();
    await workbench.page.waitForTimeout(1000);
    await picture('walkthrough/privacy.png', report);

    await workbench.command('Longview: Try a Completion in a Sample File');
    await workbench.waitForGhostText();
    await workbench.page.waitForTimeout(1000);
    await picture('walkthrough/complete.png', editor);
  } finally {
    await session.stop();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
