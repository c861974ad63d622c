import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Command } from '../../../runtime/cli/commands';
import { ask } from '../../../runtime/cli/commands/ask';
import { indexFolder } from '../../../runtime/cli/commands/index-folder';
import { modelsList } from '../../../runtime/cli/commands/models';
import { modelsAdd } from '../../../runtime/cli/commands/models-add';
import { writeEncoderModel } from '../fixtures/encoder-model';
import { temporaryFolder } from '../fixtures/model-folder';

let root: ReturnType<typeof temporaryFolder>;
let printed: string;
beforeEach(() => {
  root = temporaryFolder();
  mkdirSync(within('project'));
  writeFileSync(within('project', 'a.ts'), 'export function signCookie() {\n  return 1;\n}\n');
  writeEncoderModel(within('placer'));
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((printed += String(text)), true));
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterEach(() => {
  vi.restoreAllMocks();
  root.remove();
});

const within = (...names: string[]) => path.join(root.path, ...names);

async function run(command: Command, ...args: string[]): Promise<string> {
  printed = '';
  await command.run([...args, '--data', within('data')], new AbortController().signal);
  return printed;
}

test('an encoder makes the vectors that a question goes by, by its name or its folder', async () => {
  await run(modelsAdd, within('placer'));
  expect(await run(modelsList)).toMatch(/placer +m2_bert.* vectors of passages, for questions/);
  expect(await run(indexFolder, within('project'))).not.toContain('vectors');
  const asked = () => run(ask, 'zebra', within('project'), '--encoder', 'placer');
  expect(await asked(), 'none are made for a question').toContain('Nothing in the folder matches');
  expect(await run(indexFolder, within('project'), '--encoder', within('placer'))).toContain(
    'vectors of 1 of 1 passages, by placer',
  );
  const answer = await asked();
  expect(answer).toContain('a.ts');
  expect(answer).toContain('1 passages from 1 files, by meaning as well');
});

test('what is no encoder is named', async () => {
  const index = () => run(indexFolder, within('project'), '--encoder', 'nowhere');
  await expect(index()).rejects.toThrow(/no model "nowhere"/);
});
