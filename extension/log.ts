import type * as vscode from 'vscode';
import type { LogRecord } from '../runtime/protocol/engine';

/** Writes a structured record to the output channel, whose own level decides what is kept. */
export function writeLog(channel: vscode.LogOutputChannel, record: LogRecord): void {
  const fields = Object.entries(record.fields ?? {})
    .map(([name, value]) => `${name}=${typeof value === 'string' ? JSON.stringify(value) : value}`)
    .join(' ');
  const line = `[${record.scope}] ${record.message}${fields ? ` ${fields}` : ''}`;
  channel[record.level](line);
}
