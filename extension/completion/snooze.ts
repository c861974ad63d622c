import * as vscode from 'vscode';

/** Silence for a while. The only timer is the one that ends it, and it exists only while snoozed. */
export class Snooze implements vscode.Disposable {
  private readonly emitter = new vscode.EventEmitter<boolean>();
  private timer: NodeJS.Timeout | undefined;
  private on = false;

  readonly onDidChange = this.emitter.event;

  get active(): boolean {
    return this.on;
  }

  /** @param minutes undefined = until the window is closed or snoozing is ended */
  start(minutes: number | undefined): void {
    clearTimeout(this.timer);
    this.timer = minutes === undefined ? undefined : setTimeout(() => this.stop(), minutes * 60_000);
    this.set(true);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.set(false);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.emitter.dispose();
  }

  private set(on: boolean): void {
    if (this.on === on) return;
    this.on = on;
    void vscode.commands.executeCommand('setContext', 'longview.snoozed', on);
    this.emitter.fire(on);
  }
}
