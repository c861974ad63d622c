import { listFiles, modelInfo } from '@huggingface/hub';
import { UserError } from '../protocol/errors';
import type { HubFile, HubPlan } from '../protocol/models';
import { connectionOf, hubError, type HubOptions } from './connection';
import { isRepositoryName } from './repository-name';
import { selectFiles } from './select-files';

/**
 * What a repository offers and what of it would be downloaded. Nothing is downloaded yet.
 * @throws UserError where there is no such model, or nothing in it that can be read
 */
export async function planDownload(repository: string, options: HubOptions): Promise<HubPlan> {
  if (!isRepositoryName(repository))
    throw new UserError(`"${repository}" is no name of a model on a hub. Write owner/name.`);
  const connection = connectionOf(options);
  try {
    const info = await modelInfo({
      ...connection,
      name: repository,
      additionalFields: ['sha', 'cardData', 'tags'],
    });
    const revision = info.sha;
    if (!/^[0-9a-f]{40}$/.test(revision)) throw new UserError(`${repository} names no commit to download.`);
    const listed: HubFile[] = [];
    for await (const entry of listFiles({ ...connection, repo: repository, revision }))
      if (entry.type === 'file') listed.push(hubFile(entry));
    const files = selectFiles(listed);
    if (!files)
      throw new UserError(
        `${repository} has no weights that Longview reads (safetensors, or PyTorch's pytorch_model.bin). Choose another model.`,
      );
    if (!files.some(({ path }) => path === 'config.json'))
      throw new UserError(
        `${repository} has no config.json, which says how it is built. Choose another model.`,
      );
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    const licence = licenceOf(info.cardData, info.tags);
    return { repository, revision, ...(licence && { licence }), gated: info.gated !== false, files, bytes };
  } catch (error) {
    throw hubError(error, repository, options);
  }
}

interface ListedFile {
  path: string;
  size: number;
  oid?: string;
  lfs?: { oid: string; size: number };
}

function hubFile({ path, size, oid, lfs }: ListedFile): HubFile {
  return lfs ? { path, size: lfs.size, sha256: lfs.oid } : { path, size, ...(oid && { gitSha1: oid }) };
}

/** As the model's card says, else its tags. */
function licenceOf(card: unknown, tags: unknown): string | undefined {
  const { license, license_name: name } = (card ?? {}) as Record<string, unknown>;
  if (typeof license === 'string') return license === 'other' && typeof name === 'string' ? name : license;
  const tag = Array.isArray(tags)
    ? tags.find((each) => typeof each === 'string' && each.startsWith('license:'))
    : undefined;
  return (tag as string | undefined)?.slice('license:'.length);
}
