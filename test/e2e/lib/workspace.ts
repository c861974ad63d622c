/** The project under test: a copy of this project's own sources, so that questions and files are real ones. */
import { execFileSync } from 'node:child_process';
import { cp, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from '../../../scripts/lib/paths.mjs';

/** Where the long file of the summary test stands, relative to the workspace. */
export const longFile = 'collected/engine-and-graph.ts';
export const longFileLines = 2000;

const folders = ['runtime', 'extension', 'webview'];
const files = ['README.md', 'ARCHITECTURE.md', 'package.json', 'tsconfig.json'];

export async function makeWorkspace(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of folders) {
    // The models' files are not sources, and large.
    const filter = (source: string) => !/\.(safetensors|onnx|bin)$|tokenizer.*\.json$/.test(source);
    await cp(path.join(root, name), path.join(folder, name), { recursive: true, filter });
  }
  for (const name of files) await cp(path.join(root, name), path.join(folder, name)).catch(ignoreMissing);
  await writeLongFile(folder);
  await writeFile(path.join(folder, 'windows.ts'), crlfSource);
  await writeFile(path.join(folder, 'mixed.ts'), mixedSource);
  await writeFile(path.join(folder, 'latin.ts'), latinSource);
  await writeFile(
    path.join(folder, 'picture.bin'),
    Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 131) % 256)),
  );
  await writeFile(path.join(folder, 'notes.txt'), 'Things to do today\n');
  await writeFile(path.join(folder, 'ring.rs'), rustSource);
  await writeFile(path.join(folder, 'totals.ts'), unfinishedSource);
  try {
    execFileSync('git', ['init', '-q'], { cwd: folder, stdio: 'ignore' });
  } catch {
    // Without git the workspace is a plain folder, which Longview treats alike.
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

/** Real code of more than 2,000 lines: the project's own sources, one after the other. */
async function writeLongFile(workspace: string): Promise<void> {
  const parts: string[] = [];
  let lines = 0;
  const sources = (await readdir(path.join(root, 'runtime'), { recursive: true }))
    .filter((name) => name.endsWith('.ts'))
    .sort();
  for (const name of sources) {
    const text = await readFile(path.join(root, 'runtime', name), 'utf8');
    parts.push(text);
    lines += text.split('\n').length;
    if (lines > longFileLines + 100) break;
  }
  if (lines <= longFileLines) throw new Error(`The sources give only ${lines} lines for ${longFile}.`);
  const file = path.join(workspace, longFile);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, parts.join('\n'));
}

/** Stops in the middle of a function that is much like the one above it. */
export const unfinishedSource = `/** Sums over orders. */

export interface Order {
  id: string;
  price: number;
  quantity: number;
}

export function totalPrice(orders: Order[]): number {
  let total = 0;
  for (const order of orders) {
    total += order.price * order.quantity;
  }
  return total;
}

export function totalQuantity(orders: Order[]): number {
  let total = 0;
`;

const crlfSource = unfinishedSource.replaceAll('\n', '\r\n');

/** Three kinds of line end take turns. Before an empty line a carriage return alone would be half of another line end. */
export const mixedSource = unfinishedSource.split('\n').reduce((text, line, i) => {
  const end = ['\n', '\r\n', '\r'][i % 3] ?? '';
  return `${text}${end === '\r' && line === '' ? '\n' : end}${line}`;
});

/** One comment line that is not UTF-8, then the same as totals.ts. */
const latinSource = Buffer.concat([
  Buffer.from('// caf'),
  Buffer.from([0xe9, 0xff, 0xc3, 0x28, 0x0a]),
  Buffer.from(unfinishedSource),
]);

const rustSource = `pub struct Ring {
    items: Vec<u32>,
    head: usize,
}

impl Ring {
    pub fn push(&mut self, item: u32) {
        self.items[self.head] = item;
    }
}
`;
