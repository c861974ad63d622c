import type { EngineStatus } from '../protocol/engine';

export type Activity = EngineStatus['activity'];

/** What is done for a window now, told with all else of its status to whoever listens. */
export class WindowStatus {
  private readonly listeners = new Set<(status: EngineStatus) => void>();
  activity: Activity = 'idle';

  /** @param statusOf gathers the rest */
  constructor(private readonly statusOf: (activity: Activity) => EngineStatus) {}

  get now(): EngineStatus {
    return this.statusOf(this.activity);
  }

  on(listener: (status: EngineStatus) => void): void {
    this.listeners.add(listener);
  }

  /** Something that it holds has changed. */
  tell(): void {
    if (this.listeners.size === 0) return;
    const status = this.now;
    for (const listener of this.listeners) listener(status);
  }

  clear(): void {
    this.listeners.clear();
  }
}
