/**
 * `npm run screenshots`: makes the README's pictures, media/screenshots/*.png, from the packaged extension at work on
 * this very project. Needs the package (`npm run package`).
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

const folder = path.join(root, 'media', 'screenshots');

async function main(): Promise<void> {
  await mkdir(folder, { recursive: true });
  const session = await Session.start({ vsix: true, viewport: { width: 1280, height: 760 } });
  const { workbench } = session;
  const picture = (name: string) => workbench.page.screenshot({ path: path.join(folder, `${name}.png`) });
  try {
    await workbench.open(session.workspace);
    await workbench.ready();
    await workbench.settings(settings);
    await suggest(workbench);
    await workbench.command('Longview: Show Completions for the Cursor');
    await workbench.panel.locator('.candidate').first().waitFor();
    await suggest(workbench);
    await picture('completion');
    await workbench.page.keyboard.press('Escape');
    await workbench.command('File: Revert File');

    const passages = await ask(workbench, question);
    await passages.first().locator('.place').click();
    await workbench.marks.first().waitFor();
    await picture('ask');

    const rows = await summarise(workbench, 'extension/engine/backoff.ts');
    await rows.filter({ hasText: 'function decideRestart' }).click();
    await workbench.marks.first().waitFor();
    await picture('summary');
  } finally {
    await session.stop();
  }
  console.log(`Wrote completion.png, ask.png and summary.png to ${path.relative(root, folder)}.`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
