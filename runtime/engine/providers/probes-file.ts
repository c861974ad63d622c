import { readFileSync } from 'node:fs';
import path from 'node:path';
import { writeWhole } from '../../models/partial';
import { isFinding, type Probe } from './finding';
import { isRecord } from '../../protocol/json';

/** Models, drivers and versions that are remembered; the oldest go first. */
const mostKeys = 32;

/** What was probed, in one small file beside the caches, by what it is true of. */
export class ProbesFile {
  private readonly file: string;

  constructor(cacheFolder: string) {
    this.file = path.join(cacheFolder, 'providers.json');
  }

  /** Undefined where nothing was probed, or nothing usable is written there. */
  get(key: string): Probe[] | undefined {
    return this.read().get(key);
  }

  set(key: string, probes: readonly Probe[] | undefined): void {
    const all = this.read();
    all.delete(key);
    if (probes) all.set(key, [...probes]);
    const kept = Object.fromEntries([...all].slice(-mostKeys));
    try {
      writeWhole(this.file, JSON.stringify(kept));
    } catch {
      // What cannot be written is probed again.
    }
  }

  private read(): Map<string, Probe[]> {
    try {
      const json: unknown = JSON.parse(readFileSync(this.file, 'utf8'));
      return new Map(
        Object.entries(isRecord(json) ? json : {}).filter((entry): entry is [string, Probe[]] =>
          areProbes(entry[1]),
        ),
      );
    } catch {
      return new Map();
    }
  }
}

function areProbes(value: unknown): value is Probe[] {
  return Array.isArray(value) && value.every(isProbe);
}

function isProbe(value: unknown): value is Probe {
  if (!isRecord(value)) return false;
  const { provider, finding, driver, at } = value;
  return (
    (provider === 'webgpu' || provider === 'cuda') &&
    isFinding(finding) &&
    typeof driver === 'string' &&
    typeof at === 'string'
  );
}
