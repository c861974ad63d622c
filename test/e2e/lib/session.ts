/** One editor server and one browser for all tests, with the packaged extension installed. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { chromium, type BrowserContext } from 'playwright-core';
import { ensureBrowser } from '../../../scripts/lib/browser.mjs';
import {
  freePort,
  installExtension,
  startServer,
  type EditorFolders,
  type EditorServer,
} from '../../../scripts/lib/code-server.mjs';
import { ensureEditor } from '../../../scripts/lib/editor.mjs';
import { root } from '../../../scripts/lib/paths.mjs';
import { targetOfThisMachine } from '../../../scripts/lib/targets.mjs';
import { saveLogs } from './logs';
import { waitForNoEngine } from './processes';
import { baseSettings } from './settings';
import { Workbench } from './workbench';
import { makeWorkspace } from './workspace';

export interface SessionOptions {
  /** Install the package; the integration tests load the sources' build instead. */
  vsix: boolean;
  serverArgs?: string[];
  viewport?: { width: number; height: number };
}

export class Session {
  private constructor(
    /** Temporary folder that holds all of this session. */
    readonly base: string,
    readonly workspace: string,
    readonly folders: EditorFolders,
    readonly server: EditorServer,
    readonly browser: BrowserContext,
    readonly workbench: Workbench,
    private readonly consoleLines: string[],
  ) {}

  static async start(options: SessionOptions): Promise<Session> {
    const [editor, executablePath] = [await ensureEditor({ strict: true }), await ensureBrowser()];
    const base = await mkdtemp(path.join(os.tmpdir(), 'longview-e2e-'));
    const folders = { userData: path.join(base, 'user-data'), extensions: path.join(base, 'extensions') };
    const workspace = path.join(base, 'longview-project');
    await makeWorkspace(workspace);
    if (options.vsix) await installExtension(editor, folders, packagedExtension());
    await mkdir(path.join(folders.userData, 'User'), { recursive: true });
    await writeFile(
      path.join(folders.userData, 'User', 'settings.json'),
      JSON.stringify(baseSettings, undefined, 2),
    );
    const server = await startServer(editor, folders, {
      port: await freePort(),
      logFile: path.join(base, 'server.log'),
      workspaceTrust: true,
      ...(options.serverArgs && { args: options.serverArgs }),
    });
    try {
      const browser = await chromium.launchPersistentContext(path.join(base, 'browser'), {
        executablePath,
        headless: true,
        viewport: options.viewport ?? { width: 1400, height: 900 },
        // Chromium refuses its sandbox to root, which is what a build machine's container runs as.
        chromiumSandbox: false,
        args: [
          '--disable-gpu',
          '--disable-quic',
          '--no-first-run',
          '--disable-background-networking',
          '--disable-component-update',
          '--disable-sync',
          '--disable-dev-shm-usage',
        ],
      });
      const page = browser.pages()[0] ?? (await browser.newPage());
      page.setDefaultTimeout(20_000);
      const consoleLines: string[] = [];
      page.on('console', (message) => consoleLines.push(`${message.type()} ${message.text().slice(0, 500)}`));
      const workbench = new Workbench(page, server.url);
      return new Session(base, workspace, folders, server, browser, workbench, consoleLines);
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** Lines of the browser's console so far. */
  get console(): readonly string[] {
    return this.consoleLines;
  }

  /** Where the editor unpacked Longview. */
  async extensionFolder(): Promise<string> {
    const name = (await readdir(this.folders.extensions)).find((each) => each.startsWith('longview.'));
    if (name === undefined) throw new Error(`Longview is not installed in ${this.folders.extensions}.`);
    return path.join(this.folders.extensions, name);
  }

  /** Where Longview keeps what it saves. */
  get dataFolder(): string {
    return path.join(this.folders.userData, 'User', 'globalStorage', 'longview.longview');
  }

  /** One more window beside the first, on a folder with these files. */
  async newWindow(files: Record<string, string>): Promise<Workbench> {
    const page = await this.browser.newPage();
    page.setDefaultTimeout(20_000);
    const window = new Workbench(page, this.server.url);
    await window.open(await this.makeFolder(files));
    await window.ready();
    return window;
  }

  /**
   * Does `job` in a window on another folder beside the workspace, or on none, and comes back.
   * @param files their texts by their names; undefined for a window without a folder
   */
  async elsewhere(
    files: Record<string, string> | undefined,
    settings: Record<string, unknown>,
    job: () => Promise<void>,
  ): Promise<void> {
    const { workbench } = this;
    try {
      await workbench.settings(settings);
      await workbench.open(files && (await this.makeFolder(files)));
      await workbench.ready();
      await job();
    } finally {
      await workbench.tidy();
      await workbench.open(this.workspace);
      await workbench.ready();
    }
  }

  private async makeFolder(files: Record<string, string>): Promise<string> {
    const folder = await mkdtemp(path.join(this.base, 'other-'));
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
    return folder;
  }

  async saveEvidence(folder: string): Promise<void> {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await this.workbench.page.screenshot({ path: path.join(folder, 'page.png') }).catch(() => undefined);
    await saveLogs(folder, this.folders.userData, [path.join(this.base, 'server.log')], this.consoleLines);
  }

  async stop(): Promise<void> {
    await this.browser.close().catch(() => undefined);
    await this.server.stop();
    // It ends by itself when the last window has gone.
    await waitForNoEngine(this.folders.userData);
    await rm(this.base, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

function packagedExtension(): string {
  const file = path.join(root, `longview-${targetOfThisMachine()}.vsix`);
  if (!existsSync(file)) throw new Error(`${path.basename(file)} is missing. Run: npm run package`);
  return file;
}
