/** The three jobs as a user does them; shared by the tests and by the pictures of the README. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { poll } from './lib/processes';
import type { Workbench } from './lib/workbench';

/** Where totals.ts stops in the middle of a function that is much like the one above it. */
export const unfinished = { file: 'totals.ts', place: ':19:1', typed: '  for (const ' };

/** Types at the end of a file that begs to be continued, and returns the suggestion. */
export async function suggest(
  workbench: Workbench,
  file = unfinished.file,
  place = unfinished.place,
): Promise<string> {
  await workbench.openFile(file, place);
  await retype(workbench);
  return workbench.waitForGhostText();
}

/** Types the unfinished line anew. */
export async function retype(workbench: Workbench): Promise<void> {
  const { keyboard } = workbench.page;
  await keyboard.press('Control+End');
  await keyboard.press('Home');
  await keyboard.press('Home');
  await keyboard.press('Shift+End');
  await keyboard.press('Delete');
  await workbench.type(unfinished.typed);
}

/** Asks a question that stands alone, and waits for the answer; returns the passages, best first. */
export async function ask(workbench: Workbench, question: string): Promise<Locator> {
  await beginAsking(workbench, question);
  return answerTo(workbench);
}

/** The passages of the last question, best first. */
export async function answerTo(workbench: Workbench): Promise<Locator> {
  const passages = workbench.panel.locator('.turn:not(.past) .passage');
  await passages.first().waitFor({ timeout: 60_000 });
  return passages;
}

export async function beginAsking(workbench: Workbench, question: string): Promise<void> {
  await workbench.panelTab('Ask');
  const anew = workbench.panel.getByRole('button', { name: 'New question' });
  if (await anew.isVisible()) {
    await anew.click();
    await workbench.panel.locator('.turn').first().waitFor({ state: 'detached' });
  }
  await send(workbench, question);
}

/** Sends a question as it is, after those before it. */
export async function send(workbench: Workbench, question: string): Promise<void> {
  const input = workbench.panel.locator('textarea.question');
  await input.fill(question);
  await input.press('Enter');
  await workbench.panel.locator('.asked:visible', { hasText: question }).waitFor();
}

/** Opens `file`, summarises it and waits for the end. */
export async function summarise(workbench: Workbench, file: string): Promise<Locator> {
  await workbench.openFile(file);
  await workbench.command('Longview: Summarize File');
  await workbench.panel.locator('.summary .file-name', { hasText: path.posix.basename(file) }).waitFor();
  const rows = workbench.panel.locator('.summary .row');
  await rows.first().waitFor({ timeout: 60_000 });
  await workbench.panel.locator('.summary p.cost:visible').waitFor({ timeout: 240_000 });
  return rows;
}

/** Path and first line (from 1) that a link in the panel names. */
export function placeOf(title: string | null): { file: string; line: number } {
  const match = /^(.*):(\d+)/.exec(title ?? '');
  assert.ok(match, `a place like "path:12" was expected, not "${title}"`);
  return { file: match[1] ?? '', line: Number(match[2]) };
}

/** What the file holds once the editor has written it; a write empties the file first. */
export async function savedText(file: string, before: string): Promise<string> {
  const saved = await poll(async () => {
    const text = await readFile(file, 'utf8');
    return text === before || text === '' ? undefined : text;
  }, 10_000);
  assert.ok(saved, `${file} was not written`);
  return saved;
}
