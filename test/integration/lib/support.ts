import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';

export interface LongviewApi {
  enginePid(): number | undefined;
}

/** The running extension, started by the editor itself. */
export async function longview(): Promise<LongviewApi> {
  const extension = vscode.extensions.getExtension<LongviewApi>('longview.longview');
  assert.ok(extension, 'the extension is not installed');
  return extension.activate();
}

/** Asks again and again until there is an answer; fails with `what` after `limitMs`. */
export async function until<T>(
  what: string,
  limitMs: number,
  ask: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    assert.ok(Date.now() < end, `not within ${limitMs / 1000} s: ${what}`);
    await delay(200);
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Code with one thing missing that any code model can add; the cursor stands at its end. */
export const unfinished = `export function add(first: number, second: number): number {
  return first + second;
}

export function subtract(first: number, second: number): number {
  return `;

/** Opens an untitled document with the cursor at its end. */
export async function openUntitled(language: string, content: string): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument({ language, content });
  const editor = await vscode.window.showTextDocument(document);
  const end = document.positionAt(content.length);
  editor.selection = new vscode.Selection(end, end);
  return editor;
}

/** Asks the editor by hand for a suggestion and takes it, until the document is longer than before. */
export async function completeByHand(editor: vscode.TextEditor, limitMs: number): Promise<string> {
  const before = editor.document.getText();
  return until('an accepted suggestion', limitMs, async () => {
    await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
    await delay(1_500);
    await vscode.commands.executeCommand('editor.action.inlineSuggest.commit');
    await delay(100);
    const after = editor.document.getText();
    return after.length > before.length && after.startsWith(before) ? after.slice(before.length) : undefined;
  });
}

export async function setSetting(key: string, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration('longview').update(key, value, vscode.ConfigurationTarget.Global);
}
