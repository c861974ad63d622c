/** How much of a graphics card's memory is in use, as far as its vendor's tool says so. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface GpuMemory {
  MB: number;
  /** The driver may not list processes that draw or compute through Vulkan: then it is what all programs use. */
  of: 'process' | 'card';
}

const tool = 'nvidia-smi';
const format = '--format=csv,noheader,nounits';

/** Runs a program, and gives what it prints. */
type Query = (program: string, args: readonly string[]) => Promise<string>;

const execute: Query = async (program, args) =>
  (await promisify(execFile)(program, args, { timeout: 10_000, windowsHide: true })).stdout;

/** Undefined where there is no such tool, or it knows no card. */
export async function gpuMemory(pid = process.pid, query = execute): Promise<GpuMemory | undefined> {
  try {
    const own = ofProcess(await query(tool, ['--query-compute-apps=pid,used_memory', format]), pid);
    if (own !== undefined) return { MB: own, of: 'process' };
    const used = ofCards(await query(tool, ['--query-gpu=memory.used', format]));
    return used === undefined ? undefined : { MB: used, of: 'card' };
  } catch {
    return undefined;
  }
}

/** Name and driver of each card; undefined where the tool does not say. */
export async function graphicsCards(query = execute): Promise<string | undefined> {
  try {
    const list = await query(tool, ['--query-gpu=name,driver_version', format]);
    return list.trim().replaceAll('\n', '; ') || undefined;
  } catch {
    return undefined;
  }
}

const bytesPerMiB = 2 ** 20;

/** Lines `PID, MIB`, one for each card that the process uses. */
export function ofProcess(list: string, pid: number): number | undefined {
  const rows = list.split('\n').map((line) => line.split(',').map(Number));
  return sumMB(rows.filter(([id]) => id === pid).map(([, used]) => used!));
}

/** Lines `MIB`, one for each card. */
export function ofCards(list: string): number | undefined {
  return sumMB(
    list
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map(Number),
  );
}

/** Undefined where a number is missing: of some processes the driver says "[N/A]". */
function sumMB(mebibytes: readonly number[]): number | undefined {
  if (mebibytes.length === 0 || mebibytes.some(Number.isNaN)) return undefined;
  return (mebibytes.reduce((sum, used) => sum + used, 0) * bytesPerMiB) / 1e6;
}
