import type { LogRecord } from '../protocol/engine';

export type LogSink = (record: LogRecord) => void;

type Fields = LogRecord['fields'];

/** Structured logs: a message for people, fields for programs. Never source text, never what a model wrote. */
export class Logger {
  constructor(
    private readonly sink: LogSink,
    private readonly scope = 'engine',
  ) {}

  in(scope: string): Logger {
    return new Logger(this.sink, scope);
  }

  debug(message: string, fields?: Fields): void {
    this.write('debug', message, fields);
  }

  info(message: string, fields?: Fields): void {
    this.write('info', message, fields);
  }

  warn(message: string, fields?: Fields): void {
    this.write('warn', message, fields);
  }

  error(message: string, fields?: Fields): void {
    this.write('error', message, fields);
  }

  private write(level: LogRecord['level'], message: string, fields?: Fields): void {
    this.sink({
      time: new Date().toISOString(),
      level,
      scope: this.scope,
      message,
      ...(fields && { fields }),
    });
  }
}
