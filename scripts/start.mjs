/**
 * `npm start [folder]`: installs, builds and opens Longview in a real VS Code on that folder (default: this project).
 * The desktop's VS Code where there is one, else one in the browser; `-- --browser` asks for the latter.
 */
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { env, pid } from 'node:process';
import { parseArgs } from 'node:util';
import { freePort, installExtension, startServer } from './lib/code-server.mjs';
import { ensureDependencies, requireNode } from './lib/dependencies.mjs';
import { hasDesktopEditor, openDesktopEditor } from './lib/desktop.mjs';
import { ensureEditor } from './lib/editor.mjs';
import { editorHome, root } from './lib/paths.mjs';
import { run } from './lib/process.mjs';
import { targetOfThisMachine } from './lib/targets.mjs';

const preferredPort = 8642;

const howToTry = `
  Complete:   open a TypeScript, JavaScript or Python file and type; Tab takes the grey text.
  Ask:        Longview's icon in the activity bar, tab Ask: type a question about the project, press Enter.
  Summarise:  open a file, press F1 and run "Longview: Summarize File"; each line of the summary is a link.
`;

const settings = {
  'workbench.startupEditor': 'none',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  // This VS Code has nobody signed in to another assistant; its empty chat would only be in the way.
  'chat.disableAIFeatures': true,
};

try {
  await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

async function main() {
  requireNode();
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { browser: { type: 'boolean', default: false } },
  });
  const folder = await folderToOpen(positionals[0]);
  const target = targetOfThisMachine();
  if (target === undefined)
    throw new Error(
      `Longview has no runtime for ${process.platform}-${process.arch}; see "Platforms" in README.md.`,
    );
  await ensureDependencies();
  await run(process.execPath, [path.join(root, 'scripts/package.mjs'), '--target', target]);
  const vsix = path.join(root, `longview-${target}.vsix`);
  const desktop = !values.browser && (await hasDesktopEditor());
  await (desktop ? inDesktop(vsix, folder) : inBrowser(vsix, folder));
}

/** npm runs us in the project's folder; a relative name is meant from where the user stood. */
async function folderToOpen(name) {
  if (name === undefined) return root;
  const folder = path.resolve(env.INIT_CWD ?? process.cwd(), name);
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new Error(`There is no folder ${folder}.`);
  return folder;
}

async function inDesktop(vsix, folder) {
  const home = path.join(editorHome, 'desktop');
  await writeSettings(path.join(home, 'user-data'));
  const editor = await openDesktopEditor({ vsix, folder, home });
  console.log(`\nLongview is open in VS Code on ${folder}\n${howToTry}\nCtrl+C ends it.`);
  await untilStopped(editor);
}

async function inBrowser(vsix, folder) {
  const editor = await ensureEditor({ strict: false });
  const home = path.join(editorHome, 'browser');
  // Settings and files of the last time stay; the extension is always the one just built.
  const folders = {
    userData: path.join(home, 'user-data'),
    extensions: path.join(home, `extensions-${pid}`),
  };
  try {
    await writeSettings(folders.userData);
    await installExtension(editor, folders, vsix);
    const port = await freePort(preferredPort);
    const server = await startServer(editor, folders, { port, logFile: path.join(home, 'server.log') });
    console.log(
      `\nLongview is open in VS Code on ${folder}. In a browser on this machine:\n\n  ${server.url}/?folder=${encodeURIComponent(folder)}\n${howToTry}\nCtrl+C ends it.`,
    );
    await untilStopped(server);
  } finally {
    await rm(folders.extensions, { recursive: true, force: true });
  }
}

/** Once only: what the user changes there afterwards stays. */
async function writeSettings(userData) {
  const folder = path.join(userData, 'User');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'settings.json'), `${JSON.stringify(settings, undefined, 2)}\n`, {
    flag: 'wx',
  }).catch((error) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

async function untilStopped(editor) {
  const signal = new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(name, resolve);
  });
  await Promise.race([signal, editor.exited]);
  await editor.stop();
}
