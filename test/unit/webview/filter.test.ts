import { expect, it } from 'vitest';
import type { SummaryLine } from '../../../runtime/protocol/summaries';
import { visibleLines } from '../../../webview/filter';

function line(depth: number, name: string, text = ''): SummaryLine {
  const range = { startLine: 0, endLine: 0 };
  return {
    name,
    kind: 'method',
    signature: `${name}()`,
    range,
    nameLine: 0,
    exported: false,
    depth,
    text,
    source: 'none',
  };
}

const lines = [
  line(0, 'Store'),
  line(1, 'put', 'Saves a snapshot.'),
  line(2, 'inner'),
  line(1, 'get'),
  line(0, 'Queue'),
  line(1, 'Put'),
];

it.each([
  ['', [0, 1, 2, 3, 4, 5]],
  ['  ', [0, 1, 2, 3, 4, 5]],
  ['put', [0, 1, 4, 5]],
  ['put snapshot', [0, 1]],
  ['inner', [0, 1, 2]],
  ['queue', [4]],
  ['nothing', []],
])('filter "%s" leaves %j', (filter, visible) => {
  expect([...visibleLines(lines, filter)].sort((a, b) => a - b)).toEqual(visible);
});
