import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { modelsInfo, modelsList, modelsRemove } from '../../../runtime/cli/commands/models';
import { modelsAdd } from '../../../runtime/cli/commands/models-add';
import type { Command } from '../../../runtime/cli/commands';
import { startHub, type HubServer } from '../fixtures/hub-server';
import { renamedTokenizer, writeFimModel } from '../fixtures/fim-model';
import { temporaryFolder, writeTinyModel } from '../fixtures/model-folder';

let root: ReturnType<typeof temporaryFolder>;
let hub: HubServer;
let printed: string;
let noted: string;
beforeEach(async () => {
  root = temporaryFolder();
  const folder = path.join(root.path, 'tiny');
  writeTinyModel(folder);
  const names = readdirSync(folder);
  const files = Object.fromEntries(names.map((name) => [name, readFileSync(path.join(folder, name))]));
  hub = await startHub('owner/tiny', files);
  printed = noted = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((printed += String(text)), true));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((noted += String(text)), true));
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await hub.close();
  root.remove();
});

const run = (command: Command, ...args: string[]) =>
  command.run([...args, '--data', path.join(root.path, 'data')], new AbortController().signal);
const addFromHub = (...args: string[]) => run(modelsAdd, 'owner/tiny', '--hub', hub.address, ...args);

test('a model of a hub is shown, added, listed and removed', async () => {
  await addFromHub('--yes');
  expect(noted).toContain('owner/tiny: 0.');
  expect(noted).toContain('licence apache-2.0');
  expect(printed).toMatch(/added owner--tiny: /);
  expect(readdirSync(path.join(root.path, 'data', 'models', '.downloads'))).toEqual([]);
  printed = '';
  await run(modelsList);
  expect(printed).toMatch(/owner--tiny +striped +0\.\d M +.*apache-2.0 +completions/);
  printed = '';
  await run(modelsInfo, 'owner/tiny');
  expect(printed).toContain(`owner/tiny@${'a'.repeat(40)}`);
  await run(modelsRemove, 'owner/tiny');
  printed = '';
  await run(modelsList, '--json');
  expect(JSON.parse(printed)).toEqual([]);
});

test.each([
  [{ prefix: '<fim_prefix>', suffix: '<fim_suffix>', middle: '<fim_middle>' }, /use +completions\n/],
  [
    { prefix: '<a>', suffix: '<b>', middle: '<c>' },
    /use +completions, from what stands before the cursor alone/,
  ],
])(
  'info says what a model without longview.json completes from, and whether it can converse',
  async (names, use) => {
    const folder = path.join(root.path, 'plain');
    writeFimModel(folder, renamedTokenizer(names));
    await run(modelsAdd, folder);
    await run(modelsInfo, 'plain');
    expect(printed).toMatch(use);
    expect(printed).toMatch(/chat +no chat template/);
    writeFileSync(path.join(folder, 'chat_template.jinja'), '{{ messages[0].content }}');
    await run(modelsRemove, 'plain');
    await run(modelsAdd, folder);
    printed = '';
    await run(modelsInfo, 'plain');
    expect(printed).toMatch(/chat +has a chat template/);
  },
);

test('nothing is downloaded that nobody confirmed', async () => {
  await expect(addFromHub()).rejects.toThrow(/Add --yes/);
  expect(hub.sent).toBe(0);
});

test('the token comes from the environment', async () => {
  hub.token = 'hf_secret';
  await expect(addFromHub('--yes')).rejects.toThrow(/HF_TOKEN/);
  vi.stubEnv('HF_TOKEN', 'hf_secret');
  await addFromHub('--yes');
  expect(printed).toMatch(/added/);
});

test('an unknown family is refused before its weights come', async () => {
  hub.files['config.json'] = Buffer.from('{"model_type": "gpt_9"}');
  await expect(addFromHub('--yes')).rejects.toThrow(/"gpt_9" are not supported/);
  expect(hub.ranges.map(([name]) => name)).not.toContain('model.safetensors');
});

test('a folder is added, and what is neither folder nor name is told', async () => {
  await run(modelsAdd, path.join(root.path, 'tiny'));
  expect(printed).toMatch(/added tiny: /);
  mkdirSync(path.join(root.path, 'empty'));
  await expect(run(modelsAdd, path.join(root.path, 'empty'))).rejects.toThrow(/config.json is missing/);
  await expect(run(modelsAdd, './none')).rejects.toThrow(/There is no folder .\/none/);
});

test('of a random shape there is its config.json, for other programs', async () => {
  await run(modelsInfo, 'random:mamba2-130m');
  expect(JSON.parse(printed)).toMatchObject({ model_type: 'mamba2', hidden_size: 768 });
  printed = '';
  await run(modelsInfo, 'random:mamba2-130m.transformer');
  expect(JSON.parse(printed)).toMatchObject({ model_type: 'llama', hidden_size: 768 });
  await expect(run(modelsInfo, 'random:none')).rejects.toThrow(/no model random:none/);
});
