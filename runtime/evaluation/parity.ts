import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describeModel } from '../architectures';
import type { Precision } from '../graph/precision';
import { readModelJson } from '../models/manifest';
import { SafetensorsFile } from '../models/safetensors';
import { UserError } from '../protocol/errors';
import { compiledFolder, measurePrompt } from './parity-model';
import { measurePair } from './parity-pair';
import { openReader } from './parity-reading';
import type { ParityForm, ParityResult } from './parity-result';

export type { ParityResult };

export interface ParityReport {
  precision: Precision;
  results: ParityResult[];
  /** Pairs without anything to compare with. */
  skipped: string[];
}

export interface ParityOptions {
  provider?: ParityForm['provider'];
  precision?: Precision;
  onProgress?: (done: number, total: number, name: string) => void;
}

/** Compares what the runtime computes with references made by the original code; see `longview eval parity`. */
export async function evaluateParity(folder: string, options: ParityOptions = {}): Promise<ParityReport> {
  const { provider = 'cpu', precision = 'float32', onProgress = () => undefined } = options;
  if (!existsSync(folder))
    throw new UserError(`${folder} does not exist. Name a folder with reference files.`);
  const work = mkdtempSync(path.join(tmpdir(), 'longview-parity-'));
  try {
    const report: ParityReport = { precision, results: [], skipped: [] };
    if (existsSync(path.join(folder, 'reference.safetensors')))
      await modelFolder(folder, { precision, provider }, work, report, onProgress);
    else await pairs(folder, { precision, provider }, work, report, onProgress);
    return report;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function pairs(
  folder: string,
  form: ParityForm,
  work: string,
  report: ParityReport,
  onProgress: NonNullable<ParityOptions['onProgress']>,
): Promise<void> {
  const found = readdirSync(folder)
    .filter((name) => name.endsWith('.config.json'))
    .map((name) => name.slice(0, -'.config.json'.length))
    .filter((name) => existsSync(path.join(folder, `${name}.safetensors`)));
  if (found.length === 0)
    throw new UserError(
      `${folder} holds neither pairs of NAME.safetensors and NAME.config.json nor a model with reference.safetensors.`,
    );
  for (const [done, name] of found.entries()) {
    onProgress(done, found.length, name);
    const config = readModelJson(folder, `${name}.config.json`);
    const file = SafetensorsFile.open(path.join(folder, `${name}.safetensors`));
    try {
      const comparable = file.tensors.has('logits') || file.tensors.has('output');
      if (!comparable) report.skipped.push(name);
      else report.results.push(await measurePair(name, config, file, form, work));
    } finally {
      file.close();
    }
  }
  onProgress(found.length, found.length, '');
}

async function modelFolder(
  folder: string,
  form: ParityForm,
  work: string,
  report: ParityReport,
  onProgress: NonNullable<ParityOptions['onProgress']>,
): Promise<void> {
  const file = SafetensorsFile.open(path.join(folder, 'reference.safetensors'));
  try {
    const prompts = [...file.tensors.keys()]
      .filter((name) => name.endsWith('.input_ids'))
      .map((name) => name.slice(0, -'.input_ids'.length));
    onProgress(0, prompts.length, 'model');
    const model = describeModel(readModelJson(folder, 'config.json'));
    const reader = await openReader(form, (provider, precision) =>
      compiledFolder(folder, provider, precision, work),
    );
    try {
      for (const [done, prompt] of prompts.entries()) {
        onProgress(done, prompts.length, prompt);
        const name = `${path.basename(path.resolve(folder))}/${prompt}`;
        report.results.push(await measurePrompt(name, model.family, file, prompt, reader, form));
      }
      onProgress(prompts.length, prompts.length, '');
    } finally {
      await reader.close();
    }
  } finally {
    file.close();
  }
}
