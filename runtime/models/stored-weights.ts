import path from 'node:path';
import { describedTensors, type Described } from '../architectures';
import { UserError } from '../protocol/errors';
import { weightsFile } from './compile';
import { SafetensorsFile } from './safetensors';

/** The compiled weights of a folder, as what graphs in other forms are made from: tensors go by the names they are stored under. */
export function openStored(folder: string, model: Described) {
  const file = SafetensorsFile.open(path.join(folder, weightsFile));
  return {
    // What they were made from had all that the description asks for.
    tensors: new Map([...describedTensors(model)].map(([name, shape]) => [name, { shape }])),
    float32(name: string): Float32Array {
      if (!file.tensors.has(name))
        throw new UserError(
          `The weights in ${folder} are stored for the CPU, and ${name} cannot be made from them. ` +
            'Choose the provider "cpu", or name a folder with the original weights.',
        );
      return file.entry(name).type === 'U8' ? Float32Array.from(file.bytes(name)) : file.float32(name);
    },
    close: () => file.close(),
  };
}
