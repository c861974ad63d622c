import type { Checkpoint } from '../models/checkpoint';
import type { SafetensorsFile } from '../models/safetensors';

/** The weights of a reference file, which stand there under `w.` and their own name. */
export function withoutPrefix(file: SafetensorsFile): Checkpoint {
  const weights = [...file.tensors].filter(([name]) => name.startsWith('w.'));
  return {
    tensors: new Map(weights.map(([name, entry]) => [name.slice(2), entry])),
    float32: (name, from, to) => file.float32(`w.${name}`, from, to),
  };
}
