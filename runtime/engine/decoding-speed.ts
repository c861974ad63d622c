import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Tokens after which the figure is written down: often enough to be there, seldom enough to cost nothing. */
const tokensPerWrite = 64;
/** A shorter answer's time is mostly chance. */
const fewestTokens = 4;

/** One file holds the figures of all models: writers take turns. */
let lastWrite: Promise<unknown> = Promise.resolve();

/** How long a token of a model takes on this machine, measured while it is used, and remembered beside the caches. */
export class DecodingSpeed {
  private readonly means: number[] = [];
  private tokens = 0;

  constructor(
    private readonly cacheFolder: string,
    private readonly model: string,
  ) {}

  /**
   * An answer's tokens after the first one, and the milliseconds they took together: single ones tell nothing, since several
   * come out of one run where a draft was right.
   */
  add(tokens: number, ms: number): void {
    if (tokens < fewestTokens) return;
    this.means.push(ms / tokens);
    this.tokens += tokens;
    if (this.tokens < tokensPerWrite) return;
    const sorted = this.means.splice(0).sort((a, b) => a - b);
    this.tokens = 0;
    // The median: other windows' work comes between the tokens of some answers.
    const msPerToken = sorted[sorted.length >> 1]!;
    // A figure that cannot be written is only not shown.
    lastWrite = lastWrite.then(() => this.write(msPerToken)).catch(() => undefined);
  }

  private async write(msPerToken: number): Promise<void> {
    const figures = { ...(await decodingSpeeds(this.cacheFolder)), [this.model]: msPerToken };
    await mkdir(this.cacheFolder, { recursive: true, mode: 0o700 });
    await writeFile(fileIn(this.cacheFolder), JSON.stringify(figures), { mode: 0o600 });
  }
}

/** Milliseconds per token by the model's name. */
export async function decodingSpeeds(cacheFolder: string): Promise<Record<string, number>> {
  try {
    const json = JSON.parse(await readFile(fileIn(cacheFolder), 'utf8')) as Record<string, unknown>;
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
