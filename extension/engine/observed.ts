import { Emitter, type Event } from 'vscode-jsonrpc';

/** A value that tells when it is set. */
export class Observed<T> {
  private readonly emitter = new Emitter<T>();
  readonly onChange: Event<T> = this.emitter.event;

  constructor(private current: T) {}

  get value(): T {
    return this.current;
  }

  set(value: T): void {
    this.current = value;
    this.emitter.fire(value);
  }
}
