import { createHash } from 'node:crypto';
import type { GeneratedText } from './judge';

/** What the model said of a piece of code, kept between summaries. Judged anew each time, so rules may change. */
export interface SummaryLineCache {
  get(key: string): Promise<GeneratedText | undefined> | GeneratedText | undefined;
  set(key: string, value: GeneratedText): Promise<void> | void;
}

/** Changes when the same code and model would be asked another way. */
const promptVersion = 1;

/** The key says nothing of the code: a hash of the code, the model and how it is asked. */
export function lineKey(code: string, modelName: string): string {
  return createHash('sha256').update(`${promptVersion}\0${modelName}\0${code}`).digest('hex');
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** In memory, least recently used first out. */
export class MemoryLineCache implements SummaryLineCache {
  private readonly lines = new Map<string, GeneratedText>();

  constructor(private readonly capacity = 5000) {}

  get(key: string): GeneratedText | undefined {
    const found = this.lines.get(key);
    if (found) {
      this.lines.delete(key);
      this.lines.set(key, found);
    }
    return found;
  }

  set(key: string, value: GeneratedText): void {
    this.lines.delete(key);
    this.lines.set(key, value);
    const oldest = this.lines.keys().next();
    if (this.lines.size > this.capacity && !oldest.done) this.lines.delete(oldest.value);
  }
}
