/** The editor's window as a user sees it: everything goes through keys, clicks and what is on the screen. */
import path from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { baseSettings } from './settings';

const extensionId = 'longview.longview';

export class Workbench {
  private currentSettings = JSON.stringify(baseSettings);

  constructor(
    readonly page: Page,
    private readonly url: string,
  ) {}

  /** Opens a window on `folder`, or on none, and waits until its files (or the bar at the left) are shown. */
  async open(folder: string | undefined): Promise<void> {
    if (folder === undefined) {
      await this.page.goto(`${this.url}/?ew=true`);
      await this.page.locator('.monaco-workbench .activitybar').waitFor({ timeout: 60_000 });
      return;
    }
    await this.page.goto(`${this.url}/?folder=${encodeURIComponent(folder)}`);
    await this.page.locator('.monaco-workbench .explorer-folders-view').waitFor({ timeout: 60_000 });
  }

  /**
   * Opens a new window on the folders that a workspace file names, and waits until they are shown. The editor itself sometimes
   * takes a file that it has not opened before for one that names no folder, and stays at that: then it is opened again.
   */
  async openWorkspace(file: string): Promise<void> {
    const folder = this.page.locator('.explorer-folders-view .monaco-list-row').first();
    for (let tries = 0; ; tries += 1) {
      await this.page.goto(`${this.url}/?workspace=${encodeURIComponent(file)}`);
      await this.page.locator('.monaco-workbench .activitybar').waitFor({ timeout: 60_000 });
      try {
        return await folder.waitFor({ timeout: 15_000 });
      } catch (error) {
        if (tries === 2) throw error;
      }
    }
  }

  /** Leaves the editor: for it the window is closed. */
  async leave(): Promise<void> {
    await this.page.goto('about:blank');
  }

  /** Waits for the extension: its item is in the status bar. */
  async ready(): Promise<void> {
    await this.status.waitFor({ timeout: 60_000 });
  }

  /** Longview's item in the status bar; its label tells the state as a sentence. */
  get status(): Locator {
    return this.page.locator('.statusbar-item[id*="longview.status"]').first();
  }

  async waitForStatus(sentence: RegExp, timeout = 60_000): Promise<void> {
    const label = this.status.locator('[aria-label]').first();
    const end = Date.now() + timeout;
    let last = '';
    while (Date.now() < end) {
      last = (await label.getAttribute('aria-label', { timeout })) ?? '';
      if (sentence.test(last)) return;
      await this.page.waitForTimeout(100);
    }
    throw new Error(`The status stayed "${last}"; ${sentence} was expected.`);
  }

  /** Runs a command by its title, as from the command palette. */
  async command(title: string): Promise<void> {
    await this.quickInput(`>${title}`, title);
    await this.quickInputWidget.waitFor({ state: 'hidden' });
  }

  /** Runs a command that asks with a list or a text of its own, and waits for the question. */
  async askingCommand(title: string, question: string): Promise<void> {
    await this.quickInput(`>${title}`, title);
    await this.quickInputWidget.getByText(question, { exact: true }).waitFor();
  }

  /** Takes the row of a question's list that shows `text`. */
  async pick(text: string): Promise<void> {
    await this.quickInputWidget.locator('.monaco-list-row', { hasText: text }).click();
  }

  /** Answers a question with a text. */
  async enter(text: string): Promise<void> {
    await this.quickInputWidget.locator('input.input').fill(text);
    await this.page.keyboard.press('Enter');
  }

  private get quickInputWidget(): Locator {
    return this.page.locator('.quick-input-widget');
  }

  /** Opens a workspace file; `place` may add ":line:column", counted from 1. */
  async openFile(file: string, place = ''): Promise<void> {
    await this.quickOpen(file, place);
    await this.tab(path.posix.basename(file)).waitFor();
    await this.page.locator('.editor-instance .monaco-editor .view-line').first().waitFor();
  }

  /** Opens a file that stands at the top of the workspace by its row in the explorer, and goes to its end. */
  async openFromExplorer(name: string): Promise<void> {
    await this.page.locator('.explorer-folders-view .monaco-list-row', { hasText: name }).dblclick();
    await this.tab(name).waitFor();
    await this.page.locator('.editor-instance .monaco-editor .view-line').first().waitFor();
    await this.page.keyboard.press('Control+End');
  }

  /** As openFile, for what may not open in a text editor. */
  async quickOpen(file: string, place = ''): Promise<void> {
    await this.quickInput(`${file}${place}`, path.posix.basename(file));
    await this.quickInputWidget.waitFor({ state: 'hidden' });
  }

  tab(name: string): Locator {
    return this.page.locator(`.tabs-container .tab.active[data-resource-name="${name}"]`);
  }

  async cursorAt(line: number): Promise<void> {
    await this.page
      .locator('.statusbar-item', { hasText: new RegExp(`Ln ${line}, Col`) })
      .first()
      .waitFor();
  }

  /** Puts the keyboard's focus into the editor that is shown. */
  async focusEditor(): Promise<void> {
    await this.command('View: Focus Active Editor Group');
  }

  async toEndOfFile(): Promise<void> {
    await this.focusEditor();
    await this.page.keyboard.press('Control+End');
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text, { delay: 30 });
  }

  async save(): Promise<void> {
    await this.page.keyboard.press('Control+S');
  }

  get ghostText(): Locator {
    return this.page.locator('.monaco-editor .ghost-text-decoration, .monaco-editor .ghost-text');
  }

  /** What is suggested at the cursor, waited for until it stays the same. */
  async waitForGhostText(timeout = 30_000): Promise<string> {
    await this.ghostText.first().waitFor({ timeout });
    for (let text = await this.shownGhostText(); ;) {
      await this.page.waitForTimeout(200);
      const again = await this.shownGhostText();
      if (again === text && text !== '') return text;
      text = again;
    }
  }

  private async shownGhostText(): Promise<string> {
    const inLine = this.page.locator('.monaco-editor .view-lines .ghost-text-decoration');
    // Further lines stand in a widget of their own, which comes before the text in the page.
    const below = this.page.locator('.monaco-editor .ghost-text:not(.view-lines *) .view-line');
    const lines = [(await inLine.allTextContents()).join(''), ...(await below.allTextContents())];
    return lines.join('\n').replaceAll('\u00a0', ' ');
  }

  /** The side bar's panel. */
  get panel(): FrameLocator {
    return this.page
      .locator(`iframe.webview.ready[src*="extensionId=${extensionId}"]`)
      .contentFrame()
      .frameLocator('iframe#active-frame');
  }

  async openPanel(): Promise<void> {
    const icon = this.page.locator('.activitybar .action-item a[aria-label^="Longview"]');
    if (
      (await this.page.locator(`iframe.webview.ready[src*="extensionId=${extensionId}"]:visible`).count()) ===
      0
    )
      await icon.click();
    await this.panel.getByRole('tab').first().waitFor();
  }

  async panelTab(name: string): Promise<void> {
    await this.openPanel();
    await this.panel.getByRole('tab', { name }).click();
  }

  notification(text: string | RegExp): Locator {
    return this.page.locator('.notifications-toasts .notification-toast', { hasText: text }).first();
  }

  /** Lines that Longview has marked in the editor. */
  get marks(): Locator {
    return this.page.locator('.editor-instance .view-overlays .cdr[class*="ced-"]');
  }

  /** Of the lines on the screen, how many are marked at their edge, and how many by a background. */
  async markedLines(): Promise<{ edge: number; background: number }> {
    return this.marks.evaluateAll((marks) => {
      const { getComputedStyle: styleOf } = globalThis as unknown as {
        getComputedStyle(node: unknown): { borderLeftWidth: string; backgroundColor: string };
      };
      const styles = marks.map((mark) => styleOf(mark));
      return {
        edge: styles.filter((style) => style.borderLeftWidth !== '0px').length,
        background: styles.filter((style) => style.backgroundColor !== 'rgba(0, 0, 0, 0)').length,
      };
    });
  }

  /** The dialog that waits for an answer. */
  get dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  /** The answer to "Why No Suggestion?". */
  explanation(text: RegExp): Locator {
    return this.page
      .locator('.notification-toast, .monaco-dialog-box, .quick-input-widget', { hasText: text })
      .first();
  }

  /** Text of the lines of the editor that are on the screen. */
  async visibleText(): Promise<string> {
    const lines = await this.page.locator('.editor-instance .monaco-editor .view-line').allTextContents();
    return lines.join('\n').replaceAll('\u00a0', ' ');
  }

  /**
   * Changes settings of the user on top of those that every test has. Goes through the editor, as users do: the browser
   * editor does not notice when the file changes on disk.
   */
  async settings(changes: Record<string, unknown>): Promise<void> {
    const text = JSON.stringify({ ...baseSettings, ...changes });
    if (text === this.currentSettings) return;
    // Until they are saved they may be anything, and the next call must not take them for what it wants.
    this.currentSettings = '';
    await this.openSettings();
    await this.typeSettings(text);
    await this.save();
    await this.settingsTab(':not(.dirty)').waitFor();
    this.currentSettings = text;
    await this.closeSettings();
  }

  /**
   * Ends when the editor knows that they are to be saved: what is saved already looks the same as what it has not noticed yet. A file
   * that is still being read takes what is typed for its content, and is read again.
   */
  private async typeSettings(text: string): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      // Typed over a selection, a bracket would be put around it.
      await this.page.keyboard.press('Control+A');
      await this.page.keyboard.press('Delete');
      await this.page.keyboard.insertText(text);
      try {
        return await this.settingsTab('.dirty').waitFor({ timeout: 5_000 });
      } catch (error) {
        if (tries === 2) throw error;
        await this.command('File: Revert File');
      }
    }
  }

  /** Shows the user's settings as a file. */
  async openSettings(): Promise<void> {
    await this.command('Preferences: Open User Settings (JSON)');
    await this.tab('settings.json').waitFor();
    await this.page.locator('.editor-instance .monaco-editor .view-line').first().waitFor();
  }

  settingsTab(state: '.dirty' | ':not(.dirty)'): Locator {
    return this.page.locator(`.tab.active${state}[data-resource-name="settings.json"]`);
  }

  /** A save that is not quite done leaves the editor open. */
  private async closeSettings(): Promise<void> {
    const tab = this.tab('settings.json');
    for (let tries = 0; tries < 3 && (await tab.isVisible()); tries += 1) {
      await this.command('View: Close Editor');
      await tab.waitFor({ state: 'detached', timeout: 7_000 }).catch(() => undefined);
    }
    await tab.waitFor({ state: 'detached' });
  }

  /** Back to a plain window: no dialog, no list, no notification, no open file, the common settings. */
  async tidy(): Promise<void> {
    for (let tries = 0; tries < 3; tries += 1) await this.page.keyboard.press('Escape');
    await this.settings({});
    await this.closeAll();
    await this.command('Notifications: Clear All Notifications');
  }

  /** Closes every editor, and drops what is not saved. */
  private async closeAll(): Promise<void> {
    await this.command('View: Close All Editors');
    const dontSave = this.dialog.locator('.monaco-button', { hasText: "Don't Save" });
    const tabs = this.page.locator('.tabs-container .tab');
    for (let tries = 0; tries < 100 && (await tabs.count()) > 0; tries += 1) {
      if (await dontSave.isVisible()) await dontSave.click();
      await this.page.waitForTimeout(100);
    }
  }

  /**
   * Types `text` into the editor's list of commands or files, and takes the row that is called exactly `name`. The list closes where
   * something else takes the focus meanwhile, such as an editor that has just been written to: then it is opened again.
   */
  private async quickInput(text: string, name: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input.input');
    const label = this.page.locator('.label-name', {
      hasText: new RegExp(`^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`),
    });
    const row = this.page.locator('.quick-input-list .monaco-list-row').filter({ has: label }).first();
    for (let tries = 0; ; tries += 1) {
      try {
        await this.page.keyboard.press('F1');
        await input.waitFor({ state: 'visible', timeout: 10_000 });
        await input.fill(text, { timeout: 10_000 });
        return await row.click({ timeout: 10_000 });
      } catch (error) {
        if (tries === 2) throw error;
      }
    }
  }
}
