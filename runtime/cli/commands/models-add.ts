import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { defaultHub, type HubOptions } from '../../hub/connection';
import { downloadModel } from '../../hub/download';
import { planDownload } from '../../hub/plan';
import { proxyFetch } from '../../hub/proxy-fetch';
import { isRepositoryName } from '../../hub/repository-name';
import { addModel, checkDescription, type AddModelOptions } from '../../library/add-model';
import type { Library } from '../../library/library';
import { CancelledError, UserError } from '../../protocol/errors';
import type { HubPlan, InstalledModel } from '../../protocol/models';
import { UsageError, parse } from '../options';
import { ProgressBar, megabytes, note, print, printJson } from '../output';
import type { Command } from './index';
import { libraryOf } from './models';

export const modelsAdd: Command = {
  name: 'models add',
  usage: 'models add FOLDER|OWNER/NAME [--yes] [--hub URL] [--json]',
  summary:
    'Adds a model: from a folder, or downloaded from a hub after you have confirmed its size and licence.',
  details:
    `--yes confirms at once. --hub names another hub than ${defaultHub}.\n` +
    'HF_TOKEN holds the token for repositories that are not open to everyone. HTTPS_PROXY, HTTP_PROXY and NO_PROXY name a\n' +
    'proxy and what is reached without; NODE_EXTRA_CA_CERTS names a file of further certificates.',
  async run(args, signal) {
    const { values, positionals } = parse(args, { yes: { type: 'boolean' }, hub: { type: 'string' } });
    const [source] = positionals;
    if (!source) throw new UsageError('A folder, or the name of a model on a hub, is missing.');
    const library = libraryOf(values);
    const bar = new ProgressBar();
    const options = {
      signal,
      onProgress: ({ step, done, total }) => bar.update(step, done, total),
    } satisfies Partial<AddModelOptions>;
    let added: InstalledModel;
    try {
      if (existsSync(source)) added = await addModel(library, { ...options, folder: path.resolve(source) });
      else {
        const hub = {
          hub: values.hub ?? defaultHub,
          token: process.env.HF_TOKEN,
          fetch: proxyFetch(process.env),
          signal,
        };
        const { plan, folder } = await download(source, library, hub, values.yes === true, bar);
        const { repository, revision, licence } = plan;
        const origin = { repository, revision, ...(licence && { licence }) };
        added = await addModel(library, { ...options, folder, origin, move: true });
      }
    } finally {
      bar.end();
    }
    if (values.json) printJson(added);
    else print(`added ${added.name}: ${megabytes(added.bytesOnDisk)} in ${added.folder}`);
  },
};

async function download(
  source: string,
  library: Library,
  hub: HubOptions & { hub: string },
  confirmed: boolean,
  bar: ProgressBar,
): Promise<{ plan: HubPlan; folder: string }> {
  if (!isRepositoryName(source))
    throw new UserError(`There is no folder ${source}, and it is no name of a model on a hub (owner/name).`);
  const plan = await planDownload(source, hub);
  note(`${source}: ${megabytes(plan.bytes)}, licence ${plan.licence ?? 'not stated'}, from ${hub.hub}`);
  if (!confirmed) await confirm(hub.signal);
  const folder = await downloadModel(plan, {
    ...hub,
    downloads: library.downloads,
    check: checkDescription,
    onProgress: (done, total) => bar.update('downloading', done, total),
  });
  return { plan, folder };
}

/** @throws CancelledError unless the answer is yes */
async function confirm(signal: AbortSignal | undefined): Promise<void> {
  if (!process.stdin.isTTY) throw new UserError('Nobody is here to confirm the download. Add --yes.');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await lines.question('Download it? [y/N] ', signal ? { signal } : {});
    if (!/^y(es)?$/i.test(answer.trim())) throw new CancelledError();
  } finally {
    lines.close();
  }
}
