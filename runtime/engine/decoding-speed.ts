import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Tokens after which the figure is written down: often enough to be there, seldom enough to cost nothing. */
const tokensPerWrite = 64;

/** How long a token of a model takes on this machine, measured while it is used, and remembered beside the caches. */
export class DecodingSpeed {
  private readonly times: number[] = [];

  constructor(
    private readonly cacheFolder: string,
    private readonly model: string,
  ) {}

  add(ms: number): void {
    this.times.push(ms);
    if (this.times.length < tokensPerWrite) return;
    const sorted = this.times.splice(0).sort((a, b) => a - b);
    // The median: other windows' work comes between some tokens.
    const figures = { ...decodingSpeeds(this.cacheFolder), [this.model]: sorted[sorted.length >> 1]! };
    try {
      mkdirSync(this.cacheFolder, { recursive: true, mode: 0o700 });
      writeFileSync(fileIn(this.cacheFolder), JSON.stringify(figures), { mode: 0o600 });
    } catch {
      // A figure that cannot be written is only not shown.
    }
  }
}

/** Milliseconds per token by the model's name. */
export function decodingSpeeds(cacheFolder: string): Record<string, number> {
  try {
    const json = JSON.parse(readFileSync(fileIn(cacheFolder), 'utf8')) as Record<string, unknown>;
    return Object.fromEntries(
      Object.entries(json).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
    );
  } catch {
    return {};
  }
}

function fileIn(cacheFolder: string): string {
  return path.join(cacheFolder, 'speeds.json');
}
