/** What the command line prints: results on stdout, progress and messages on stderr. */

export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Columns padded to their widest cell; numbers to the right. */
export function table(rows: readonly (readonly (string | number | undefined)[])[]): string {
  const cells = rows.map((row) => row.map((cell) => (cell === undefined ? '-' : String(cell))));
  const columns = Math.max(0, ...cells.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(...cells.map((row) => row[i]?.length ?? 0)),
  );
  const right = (row: number, i: number) => typeof rows[row]?.[i] === 'number';
  return cells
    .map((row, r) =>
      row
        .map((cell, i) => (right(r, i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A bar on a terminal, nothing elsewhere. */
export class ProgressBar {
  private readonly shown = process.stderr.isTTY === true;

  update(label: string, done: number, total: number): void {
    if (!this.shown) return;
    const share = total > 0 ? Math.min(1, done / total) : 0;
    const filled = Math.round(share * 24);
    const bar = '█'.repeat(filled) + '░'.repeat(24 - filled);
    process.stderr.write(`\r\x1b[2K${bar} ${String(Math.round(share * 100)).padStart(3)} %  ${label}`);
  }

  end(): void {
    if (this.shown) process.stderr.write('\r\x1b[2K');
  }
}

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
export const milliseconds = (ms: number): string =>
  ms < 10 ? `${ms.toFixed(1)} ms` : ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
