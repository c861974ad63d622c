import { expect, it } from 'vitest';
import { matchingCommands, mentionAt, replaced } from '../../../webview/mention';

it.each([
  ['where in #sto', 'place', 'sto'],
  ['#', 'place', ''],
  ['#src/a', 'place', 'src/a'],
  ['/ex', 'command', 'ex'],
  ['/', 'command', ''],
])('"%s" names a %s', (text, kind, query) => {
  expect(mentionAt(text, text.length)).toMatchObject({ kind, query });
});

it.each(['a#b', '# heading', 'see /etc', '/find it', 'C#'])('"%s" names nothing', (text) => {
  expect(mentionAt(text, text.length)).toBeUndefined();
});

it('is taken out where it stood, whatever follows', () => {
  const text = 'in #sto is it?';
  const mention = mentionAt(text, 7)!;
  expect(replaced(text, mention, '')).toEqual({ text: 'in is it?', caret: 3 });
  expect(replaced('/ex it', mentionAt('/ex it', 3)!, '/explain ')).toEqual({ text: '/explain it', caret: 9 });
});

it('offers the commands that begin alike', () => {
  expect(matchingCommands('E')).toMatchObject([{ command: 'explain' }]);
  expect(matchingCommands('')).toHaveLength(4);
  expect(matchingCommands('x')).toEqual([]);
  expect(matchingCommands('doc')).toEqual([]);
});
