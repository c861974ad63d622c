/**
 * `npm run bench:import [-- --gigabytes N --precision w8u]`: makes a model of random weights in
 * shards in a temporary folder, imports it in a process of its own, and prints the most memory that took. Fails above
 * 1.5 times the largest tensor plus 300 MB. Linux and macOS.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeModel } from '../../runtime/architectures';
import { checkpointTensors } from '../../runtime/graph/model-graph';
import { isPrecision } from '../../runtime/graph/precision';
import { openCheckpoint } from '../../runtime/models/checkpoint';
import { compiledInCache } from '../../runtime/models/compiled-cache';
import { layoutSafetensors, writeSafetensors } from '../../runtime/models/safetensors-writer';
import { readModelJson } from '../../runtime/models/manifest';

const allowance = 300e6;

/** A Mamba-2 2560 wide with a large vocabulary; its layers make it as large as is asked for. */
function configOf(bytes: number): Record<string, unknown> {
  const width = 2560;
  const vocabulary = 128 * 1024;
  const perLayer = 2 * (width * (4 * width + 2 * 128 + 80) + 2 * width * width);
  return {
    model_type: 'mamba2',
    hidden_size: width,
    num_hidden_layers: Math.max(1, Math.round((bytes - 2 * width * vocabulary) / perLayer)),
    vocab_size: vocabulary,
    expand: 2,
    head_dim: 64,
    num_heads: (2 * width) / 64,
    state_size: 128,
    n_groups: 1,
    conv_kernel: 4,
    layer_norm_epsilon: 1e-5,
    tie_word_embeddings: true,
  };
}

const elements = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

/** Shards of about a gigabyte in bfloat16. Returns the size of the whole and of its largest tensor. */
function writeModel(folder: string, gigabytes: number): { total: number; largest: number } {
  const config = configOf(gigabytes * 1e9);
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config));
  const tensors = [...checkpointTensors(describeModel(config))];
  const map: Record<string, string> = {};
  let [total, largest] = [0, 0];
  for (let shard = 0; tensors.length > 0; shard++) {
    const file = `model-${shard}.safetensors`;
    const taken: [string, number[]][] = [];
    for (let bytes = 0; tensors.length > 0 && bytes < 1e9;) {
      const [name, shape] = tensors.shift()!;
      const size = 2 * elements(shape);
      taken.push([name, shape]);
      map[name] = file;
      bytes += size;
      total += size;
      largest = Math.max(largest, size);
    }
    const shapes = new Map(taken);
    const plans = taken.map(([name, shape]) => ({ name, type: 'BF16' as const, shape }));
    writeSafetensors(path.join(folder, file), layoutSafetensors(plans, {}), (name) =>
      noise(shapes.get(name)!),
    );
  }
  writeFileSync(path.join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map: map }));
  return { total, largest };
}

/** Numbers between -0.03 and 0.03. */
function noise(shape: readonly number[]): Uint16Array {
  const values = new Uint16Array(elements(shape));
  let state = 1;
  for (let i = 0; i < values.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[i] = ((state >>> 16) & 0x80ff) | 0x3c00;
  }
  return values;
}

async function importModel(folder: string, precision: string): Promise<void> {
  if (!isPrecision(precision)) throw new Error(`There is no precision ${precision}.`);
  const checkpoint = openCheckpoint(folder);
  await compiledInCache({
    folder,
    description: describeModel(readModelJson(folder, 'config.json')),
    source: 'bench',
    cacheFolder: path.join(folder, 'cache'),
    precision,
    onLog: () => undefined,
    checkpoint,
  });
  checkpoint.close();
  // In kilobytes on Linux and, since libuv evens it out, on macOS.
  console.log(process.resourceUsage().maxRSS * 1024);
}

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      gigabytes: { type: 'string', default: '3' },
      precision: { type: 'string', default: 'w8u' },
      import: { type: 'string' },
    },
  });
  if (values.import !== undefined) {
    await importModel(values.import, values.precision);
    return true;
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'longview-import-'));
  try {
    mkdirSync(folder, { recursive: true });
    const { total, largest } = writeModel(folder, Number(values.gigabytes));
    const started = performance.now();
    const self = fileURLToPath(import.meta.url);
    const args = ['--import', 'tsx', self, '--import', folder, '--precision', values.precision];
    const child = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (child.status !== 0) throw new Error(child.stderr);
    const peak = Number(child.stdout);
    const limit = 1.5 * largest + allowance;
    const mb = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
    console.log(
      `model ${mb(total)}, largest tensor ${mb(largest)}, ${values.precision}: ` +
        `${((performance.now() - started) / 1000).toFixed(0)} s, peak ${mb(peak)} of ${mb(limit)}`,
    );
    return peak <= limit;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main().then(
  (ok) => process.exit(ok ? 0 : 1),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
