import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WorkspaceIndex } from '../../../runtime/retrieval';
import { openTestGrammars } from './grammars';
import { tempFolder, write } from './temp-folder';
import path from 'node:path';

beforeAll(openTestGrammars);

const open: WorkspaceIndex[] = [];
afterEach(async () => {
  for (const index of open.splice(0)) await index.close();
});

async function indexOf(files: Record<string, string>) {
  const root = tempFolder(files);
  const index = new WorkspaceIndex({ dataFolder: tempFolder(), folders: [{ path: root, name: 'folder' }] });
  open.push(index);
  await index.open();
  index.start();
  await index.idle();
  return { index, root };
}

const filler = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `  log('step', ${from + i});`).join('\n');

const files = {
  'src/orders.ts':
    'export function openOrder(orderId: string) {\n  const receipt = printReceipt(orderId);\n  return receipt;\n}\n',
  'src/long.ts': `export function runAll() {\n${filler(0, 40)}\n  const receipt = printReceipt(orderId);\n  sendReceipt(receipt);\n${filler(40, 70)}\n}\n`,
  'src/other.ts': 'export const weather = (city: string) => forecast(city);\n',
  'src/orders.py': 'def open_order(order_id):\n    return print_receipt(order_id)\n',
};

describe('passages that resemble the code around the cursor', () => {
  it('finds the same names in other files of the language, most similar first', async () => {
    const { index, root } = await indexOf(files);
    const found = await index.similar(
      path.join(root, 'src/new.ts'),
      'receipt = printReceipt(orderId);',
      ['typescript'],
      8,
    );
    expect(found.map(({ displayPath }) => displayPath)).toEqual(['src/orders.ts', 'src/long.ts']);
  });

  it('takes the similar part of a long passage', async () => {
    const { index, root } = await indexOf(files);
    const found = await index.similar(
      path.join(root, 'src/new.ts'),
      'printReceipt(orderId)',
      ['typescript'],
      8,
    );
    const long = found.find(({ displayPath }) => displayPath === 'src/long.ts')!;
    expect(long.text.split('\n')).toHaveLength(20);
    expect(long.text).toContain('sendReceipt(receipt);');
    expect(
      files['src/long.ts']
        .split('\n')
        .slice(long.startLine, long.startLine + 20)
        .join('\n'),
    ).toBe(long.text);
  });

  it('leaves out what shares little with the text', async () => {
    const { index, root } = await indexOf(files);
    const text = 'weather(city, forecast) && openOrder(receipt)';
    const found = await index.similar(path.join(root, 'src/new.ts'), text, ['typescript'], 8);
    expect(found[0]!.likeness).toBeLessThanOrEqual(1);
    // It holds a receipt too, and nothing else of this.
    expect(found.map(({ displayPath }) => displayPath)).not.toContain('src/long.ts');
    expect(await index.similar(path.join(root, 'src/new.ts'), 'receipt', ['typescript'], 8)).toHaveLength(2);
  });

  it('finds nothing of the file itself, nothing for unknown names, nothing that is ignored by now', async () => {
    const { index, root } = await indexOf(files);
    const text = 'printReceipt(orderId)';
    const own = await index.similar(path.join(root, 'src/orders.ts'), text, ['typescript'], 8);
    expect(own.map(({ displayPath }) => displayPath)).toEqual(['src/long.ts']);
    expect(await index.similar(path.join(root, 'src/new.ts'), 'zzz(qqq)', ['typescript'], 8)).toEqual([]);
    expect(await index.similar('/elsewhere/new.ts', text, ['typescript'], 8)).toEqual([]);
  });

  it('shows nothing that its file no longer says or that must not be read by now, whatever the index holds', async () => {
    const { index, root } = await indexOf(files);
    const shown = async () =>
      (await index.similar(path.join(root, 'src/new.ts'), 'printReceipt(orderId)', ['typescript'], 8)).map(
        ({ displayPath }) => displayPath,
      );
    const key = `-----BEGIN PRIVATE KEY-----\n${'A'.repeat(64)}\n`;
    write(root, 'src/orders.ts', `${files['src/orders.ts']}\n/*\n${key}*/\n`);
    expect(await shown()).toEqual(['src/long.ts']);
    write(root, 'src/long.ts', 'export const other = 1;\n');
    expect(await shown()).toEqual([]);
    write(root, 'src/orders.ts', files['src/orders.ts']);
    expect(await shown()).toEqual(['src/orders.ts']);
    write(root, '.gitignore', 'src/orders.ts\n');
    index.applyChanges([{ path: path.join(root, '.gitignore'), kind: 'created' }]);
    await index.idle();
    expect(await shown()).toEqual([]);
  });
});
