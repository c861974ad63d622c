import type { ModelDescription } from '../graph/layers';
import { readHeads, readRope } from './attention';
import { ConfigReader } from './config';
import { transformer } from './transformer';

/** `qwen2` as Hugging Face stores it: as Llama, but queries, keys and values have biases, and some layers may have a window. */
export function qwen2(config: unknown): ModelDescription {
  const read = ConfigReader.of(config);
  const shape = readHeads(read, read.count('hidden_size'));
  const rope = readRope(read, shape.headSize);
  const windows = readWindows(read, read.count('num_hidden_layers', 1000));
  return transformer('qwen2', read, (index) => ({
    shape: { ...shape, window: windows[index]!, rope },
    biases: { input: true, output: false },
  }));
}

function readWindows(read: ConfigReader, layers: number): number[] {
  if (!read.flag('use_sliding_window', false)) return new Array<number>(layers).fill(Infinity);
  const window = read.count('sliding_window');
  if (read.has('layer_types'))
    return read
      .choices('layer_types', layers, ['full_attention', 'sliding_attention'])
      .map((type) => (type === 'sliding_attention' ? window : Infinity));
  const first = read.count('max_window_layers', layers);
  return Array.from({ length: layers }, (_, index) => (index >= first ? window : Infinity));
}
