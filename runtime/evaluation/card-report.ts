/** The results of a card as Markdown. */
import type { CardFile, CardResult } from './card-results';
import type { Floors } from './floors';
import type { MemoryPoint } from './memory-growth';
import type { ParityReport } from './parity';
import type { DecodeSpeed } from './speed';

type Cell = string | number | undefined;

export function cardReport({ machine, results }: CardFile): string {
  const parts = [
    Object.entries(machine)
      .map(([name, value]) => `${name}: ${value}`)
      .join('; '),
    decoding(of(results, 'decode')),
    states(of(results, 'state')),
    memory(of(results, 'memory')),
    parity(of(results, 'parity')),
    failures(results),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** What the commands of one part printed, by the rest of their names. */
function of(results: Record<string, CardResult>, part: string): [name: string, output: unknown][] {
  return Object.entries(results)
    .filter(([id, { output }]) => id.startsWith(`${part} `) && output !== undefined)
    .map(([id, { output }]) => [id.slice(part.length + 1), output]);
}

function decoding(outputs: [string, unknown][]): string {
  const rows = outputs.flatMap(([name, output]) =>
    (output as (DecodeSpeed & { floors?: Floors })[]).map((r): Cell[] => [
      name,
      r.after,
      r.msPerToken.toFixed(2),
      Math.round(r.tokensPerSecond),
      r.stateMB.toFixed(1),
      r.floors?.bytesMs.toFixed(3),
      r.floors?.dispatches?.toFixed(1),
      r.floors?.dispatchMs?.toFixed(2),
      r.floors?.ratio.toFixed(2),
      r.stopped ?? '',
    ]),
  );
  const floors = ['bytes, ms', 'dispatches', 'dispatches, ms', 'measured / floor'];
  return markdown(
    ['Model, provider', 'after tokens', 'ms a token', 'tokens/s read', 'state MB', ...floors, 'stopped'],
    rows,
  );
}

function states(outputs: [string, unknown][]): string {
  const rows = outputs.flatMap(([name, output]) =>
    (output as { tokens: number; stateMB: number; transformerMB: number }[]).map((r): Cell[] => [
      name,
      r.tokens,
      r.stateMB.toFixed(1),
      r.transformerMB.toFixed(1),
      (r.stateMB / r.transformerMB).toFixed(3),
    ]),
  );
  return markdown(['Model', 'tokens', 'state MB', 'Transformer, MB', 'ratio'], rows);
}

function memory(outputs: [string, unknown][]): string {
  const rows = outputs.flatMap(([name, output]) =>
    (output as MemoryPoint[]).map((p): Cell[] => [
      name,
      p.generated,
      Math.round(p.residentMB),
      p.statesMB.toFixed(1),
      p.gpu && `${Math.round(p.gpu.MB)} (${p.gpu.of})`,
    ]),
  );
  return markdown(['Model', 'generated', 'resident MB', 'states MB', 'GPU MB'], rows);
}

function parity(outputs: [string, unknown][]): string {
  return outputs
    .map(([name, output]) => {
      const { results } = output as ParityReport;
      const wrong = results.filter(({ ok }) => !ok).map((r) => `${r.name} (${r.error ?? 'off'})`);
      const largest = Math.max(...results.map(({ maxAbs, std }) => maxAbs / std));
      const found = `${results.length - wrong.length} of ${results.length} ok`;
      const error = `largest error ${largest.toExponential(1)} deviations`;
      return `Parity, ${name}: ${[found, error, ...wrong].join('; ')}`;
    })
    .join('\n');
}

function failures(results: Record<string, CardResult>): string {
  return Object.entries(results)
    .flatMap(([id, { error, seconds }]) =>
      error === undefined ? [] : [`- ${id}, after ${Math.round(seconds)} s: ${error}`],
    )
    .join('\n');
}

function markdown(header: readonly string[], rows: readonly Cell[][]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly Cell[]) => `| ${cells.map((cell) => cell ?? '–').join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
