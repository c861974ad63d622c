import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describeModel } from '../architectures';
import { graphVersion } from '../graph/model-graph';
import type { Precision } from '../graph/precision';
import { openCheckpoint, weightFiles } from './checkpoint';
import { hashFile, joinedSum } from './checksums';
import { planCompilation, weightsFile, writeCompiled } from './compile';
import { readManifest, readModelJson } from './manifest';

const copied = ['config.json', 'tokenizer.json'];
/** Copied where the source has them; what the target says of itself already is kept. */
const copiedWherePresent = ['README.md', 'DATA.md', 'LICENSE'];

/**
 * Makes a model folder that runs as it is from one with original weights: the graph, the weights in the given
 * precision, and a longview.json that says so, with the checksums of what lies there.
 */
export async function buildModelFolder(
  source: string,
  target: string,
  precision: Precision,
): Promise<{ bytes: number }> {
  readManifest(source);
  const description = describeModel(readModelJson(source, 'config.json'));
  const weightsSum = joinedSum(Object.values(await sumsOf(source, weightFiles(source))));
  const plan = planCompilation(description, precision, weightsSum);
  const compiled = `${path.resolve(target)}.compiled`;
  const checkpoint = openCheckpoint(source);
  writeCompiled(compiled, plan, description, checkpoint);
  checkpoint.close();

  mkdirSync(target, { recursive: true });
  const made = [...plan.graphs.keys(), weightsFile];
  for (const name of made) renameSync(path.join(compiled, name), path.join(target, name));
  rmSync(compiled, { recursive: true });
  const present = copiedWherePresent.filter(
    (name) => existsSync(path.join(source, name)) && !existsSync(path.join(target, name)),
  );
  for (const name of [...copied, ...present]) {
    copyFileSync(path.join(source, name), path.join(target, name));
    chmodSync(path.join(target, name), 0o644);
  }
  const files = [...made, ...copied];
  const manifest = {
    ...(readModelJson(source, 'longview.json') as object),
    compiled: { precision, graphVersion, source: weightsSum },
    sha256: await sumsOf(target, files),
  };
  writeFileSync(path.join(target, 'longview.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return { bytes: plan.layout.tensors.reduce((sum, { length }) => sum + length, plan.layout.header.length) };
}

/** Checksums by name. */
async function sumsOf(folder: string, names: readonly string[]): Promise<Record<string, string>> {
  const sums: Record<string, string> = {};
  for (const name of names) sums[name] = await hashFile(path.join(folder, name));
  return sums;
}
