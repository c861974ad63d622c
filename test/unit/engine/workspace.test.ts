import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findAssets } from '../../../runtime/engine/assets';
import { Logger } from '../../../runtime/engine/log';
import { ModelHost } from '../../../runtime/engine/model-host';
import { Workspace } from '../../../runtime/engine/workspace';
import type { EngineSettings } from '../../../runtime/protocol/engine';
import { openGrammars } from '../../../runtime/syntax';
import { FakeModel } from '../fakes/language-model';

const log = new Logger(() => undefined);
const settings = { indexEnabled: true, excludeGlobs: [] as string[] } as EngineSettings;
const request = { question: 'where are apples counted?', folders: [], limit: 3 };

let base: string;
let workspace: Workspace;
const host = new ModelHost({
  name: 'fake',
  languages: [],
  load: () => Promise.resolve(new FakeModel()),
  statesLimitBytes: 0,
  idleMs: 1000,
  log,
  onChange: () => undefined,
});

beforeEach(async () => {
  openGrammars(findAssets(__dirname).grammarsFolder);
  base = mkdtempSync(path.join(tmpdir(), 'longview-workspace-'));
  mkdirSync(path.join(base, 'project'));
  writeFileSync(path.join(base, 'project', 'fruit.ts'), 'export function countApples() {\n  return 3;\n}\n');
  workspace = new Workspace(path.join(base, 'data'), log);
  await workspace.configure([{ path: path.join(base, 'project'), name: 'project' }], settings);
});

afterEach(async () => {
  await workspace.close();
  rmSync(base, { recursive: true, force: true });
});

describe('Workspace', () => {
  it('leaves the cores to the model at first: nothing is indexed until something asks for it', async () => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(workspace.status().filesDone).toBe(0);
    workspace.startIndexing();
    await workspace.idle();
    expect(workspace.status()).toMatchObject({ state: 'ready', filesDone: 1 });
  });

  it('begins once a suggestion that was just answered is on the screen', async () => {
    workspace.startOnceShown();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(workspace.status().filesDone).toBe(0);
    await expect.poll(() => workspace.status(), { timeout: 5_000 }).toMatchObject({ filesDone: 1 });
  });

  it('begins where its files are asked for', async () => {
    expect(await workspace.files()).toEqual([]);
    await expect.poll(() => workspace.files()).toMatchObject([{ displayPath: 'fruit.ts', chunks: 1 }]);
  });

  it('is not called switched off while its opening is put off', async () => {
    const fresh = new Workspace(path.join(base, 'fresh'), log);
    fresh.postpone();
    const opened = fresh.configure([], settings);
    expect(fresh.status()).toMatchObject({ state: 'idle' });
    expect(fresh.status().reason).toBeUndefined();
    const switchedOff = fresh.configure([], { ...settings, indexEnabled: false });
    expect(fresh.status()).toMatchObject({ state: 'off', reason: 'The index is switched off.' });
    await fresh.close();
    await Promise.all([opened, switchedOff]);
  });

  it('answers the first question of a fresh window from what it indexes meanwhile', async () => {
    const { passages } = await workspace.ask(request, { host, rerankBudgetMs: 0 });
    expect(passages[0]!.citation.displayPath).toBe('fruit.ts');
  });

  it('looks where it is told to, and leaves out what it is told to', async () => {
    const project = path.join(base, 'project');
    mkdirSync(path.join(project, 'test'));
    writeFileSync(path.join(project, 'fruits.ts'), 'export const apples = countApples();\n');
    writeFileSync(path.join(project, 'test', 'fruit.test.ts'), 'it("counts apples", () => countApples());\n');
    writeFileSync(path.join(project, 'fruit.md'), '# Apples\n\nApples are counted.\n');
    const paths = async (over: object) =>
      (await workspace.ask({ ...request, limit: 9, ...over }, { host, rerankBudgetMs: 0 })).passages
        .map(({ citation }) => citation.displayPath)
        .sort();
    expect(await paths({})).toEqual(['fruit.md', 'fruit.ts', 'fruits.ts', 'test/fruit.test.ts']);
    expect(await paths({ files: [path.join(project, 'fruit.ts')] })).toEqual(['fruit.ts']);
    const within = { files: [path.join(project, 'fruit.md')], folders: [path.join(project, 'test')] };
    expect(await paths(within)).toEqual(['fruit.md', 'test/fruit.test.ts']);
    expect(await paths({ ...within, leaveOut: ['tests'] })).toEqual(['fruit.md']);
    expect(await paths({ leaveOut: ['tests', 'docs'] })).toEqual(['fruit.ts', 'fruits.ts']);
  });

  it('switched off it answers that it is off, switched on again it finds', async () => {
    await workspace.configure(undefined, { ...settings, indexEnabled: false });
    expect((await workspace.ask(request, { host, rerankBudgetMs: 0 })).nothingFound).toBe('index-disabled');
    await workspace.configure(undefined, settings);
    expect((await workspace.ask(request, { host, rerankBudgetMs: 0 })).passages).toHaveLength(1);
  });
});
