import { existsSync } from 'node:fs';
import path from 'node:path';
import type { RandomBits } from '../graph/drawn';
import { UserError } from '../protocol/errors';
import { PytorchFile } from './pytorch/pytorch-file';
import { SafetensorsFile } from './safetensors';
import { ShardedCheckpoint, shardNames } from './shards';

/** Where a model's weights come from: files of any format, or whatever else gives tensors by name. */
export interface Checkpoint {
  readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[] }>;
  /**
   * The tensor's values `from` (included) to `to` (not included) in row-major order; all where nothing is said. A large
   * matrix is read in parts, since it may not fit into memory twice.
   */
  float32(name: string, from?: number, to?: number): Float32Array;
  /** Where weights are random and what they are does not matter: bits for a tensor of the compiled file, drawn as it is stored. */
  bits?(stored: string): RandomBits;
}

/** A checkpoint on disk, its files open. */
export interface CheckpointFile extends Checkpoint {
  close(): void;
}

const openers: Record<string, (file: string) => CheckpointFile> = {
  'model.safetensors': (file) => SafetensorsFile.open(file),
  'model.safetensors.index.json': (file) =>
    ShardedCheckpoint.open(file, (each) => SafetensorsFile.open(each)),
  'pytorch_model.bin': (file) => PytorchFile.open(file),
  'pytorch_model.bin.index.json': (file) => ShardedCheckpoint.open(file, (each) => PytorchFile.open(each)),
};

/** Names under which a model folder may hold its weights; the first that is there counts. */
export const weightNames: readonly string[] = Object.keys(openers);

/** @throws UserError where the folder holds no weights */
function weightName(folder: string): string {
  const name = weightNames.find((each) => existsSync(path.join(folder, each)));
  if (name !== undefined) return name;
  throw new UserError(
    `${folder} holds no weights: one of ${weightNames.join(', ')} is needed. Name a model's folder, or download the model again.`,
  );
}

/** The weights of a model folder, in whatever form they lie there. @throws UserError */
export function openCheckpoint(folder: string): CheckpointFile {
  const name = weightName(folder);
  return openers[name]!(path.join(folder, name));
}

/** Names of all the files that the weights consist of. @throws UserError */
export function weightFiles(folder: string): string[] {
  const name = weightName(folder);
  return name.endsWith('.index.json') ? [name, ...shardNames(path.join(folder, name))] : [name];
}
