import { readFileSync } from 'node:fs';
import path from 'node:path';
import { UserError, messageOf } from '../protocol/errors';
import { isRecord, recordOf } from '../protocol/json';
import type { CheckpointFile } from './checkpoint';

/** Weights in several files, and an index that says which tensor lies in which: `{ "weight_map": { TENSOR: FILE } }`. */
export class ShardedCheckpoint implements CheckpointFile {
  private constructor(
    readonly tensors: CheckpointFile['tensors'],
    private readonly shardOf: ReadonlyMap<string, CheckpointFile>,
    private readonly shards: readonly CheckpointFile[],
  ) {}

  /** @throws UserError where the index or a file is missing or damaged, or a tensor is not where the index says */
  static open(index: string, openShard: (file: string) => CheckpointFile): ShardedCheckpoint {
    const places = readIndex(index);
    const shards = new Map<string, CheckpointFile>();
    try {
      for (const name of new Set(places.values()))
        shards.set(name, openShard(path.join(path.dirname(index), name)));
      const tensors = new Map<string, { readonly shape: readonly number[] }>();
      const shardOf = new Map<string, CheckpointFile>();
      for (const [tensor, name] of places) {
        const shard = shards.get(name)!;
        const entry = shard.tensors.get(tensor);
        if (!entry) throw broken(index, `${name} does not hold the tensor "${tensor.slice(0, 100)}"`);
        tensors.set(tensor, entry);
        shardOf.set(tensor, shard);
      }
      return new ShardedCheckpoint(tensors, shardOf, [...shards.values()]);
    } catch (error) {
      for (const shard of shards.values()) shard.close();
      throw error;
    }
  }

  close(): void {
    for (const shard of this.shards) shard.close();
  }

  float32(name: string, from?: number, to?: number): Float32Array {
    const shard = this.shardOf.get(name);
    if (!shard) throw new UserError(`The weights hold no tensor "${name}". Download the model again.`);
    return shard.float32(name, from, to);
  }
}

/** Names of the files that an index speaks of. @throws UserError */
export function shardNames(index: string): string[] {
  return [...new Set(readIndex(index).values())].sort();
}

/** File by tensor. */
function readIndex(index: string): Map<string, string> {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(index, 'utf8'));
  } catch (error) {
    throw broken(index, `it cannot be read as JSON (${messageOf(error)})`);
  }
  return parseIndex(json, (why) => broken(index, why));
}

/** File by tensor, of an index that was read already. */
export function parseIndex(json: unknown, complain: (why: string) => UserError): Map<string, string> {
  const map = recordOf(json).weight_map;
  if (!isRecord(map)) throw complain('it has no "weight_map"');
  const places = Object.entries(map);
  if (places.length === 0) throw complain('its "weight_map" is empty');
  for (const [, file] of places)
    if (typeof file !== 'string' || !isPlainName(file))
      throw complain(`${JSON.stringify(file)} is not the name of a file beside it`);
  return new Map(places as [string, string][]);
}

/** Of a file of the same folder: no path, nothing hidden. */
export function isPlainName(name: string): boolean {
  return /^[A-Za-z0-9_][\w.-]*$/.test(name) && name.length <= 200;
}

function broken(index: string, why: string): UserError {
  return new UserError(
    `${path.basename(index)} in ${path.dirname(index)} is damaged: ${why}. Download the model again.`,
  );
}
