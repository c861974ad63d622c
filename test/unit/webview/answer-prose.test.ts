import { expect, it } from 'vitest';
import { answerBlocks } from '../../../webview/answer-prose';

const text =
  'See `a` [1, 2] and\n**more** <b>x</b>.\n\n- one [3]\n* two\n1. first\n# Head\n```ts\nlet a;\n\nb\n```\nEnd';

it('splits an answer into blocks, with what is code, strong or a citation told apart', () => {
  const blocks = answerBlocks(text).map((block) =>
    block.kind === 'code' ? block : [block.kind, block.pieces.map(({ kind, text: of }) => `${kind}:${of}`)],
  );
  expect(blocks).toEqual([
    [
      'paragraph',
      [
        'text:See ',
        'code:a',
        'text: ',
        'citation:[1, 2]',
        'text: and',
        'text: ',
        'strong:more',
        'text: <b>x</b>.',
      ],
    ],
    ['item', ['text:one ', 'citation:[3]']],
    ['item', ['text:two']],
    ['item', ['text:first']],
    ['heading', ['text:Head']],
    { kind: 'code', text: 'let a;\n\nb' },
    ['paragraph', ['text:End']],
  ]);
});

it('says where each piece stands in the whole', () => {
  const pieces = answerBlocks(text).flatMap((block) => (block.kind === 'code' ? [] : block.pieces));
  const places = pieces.filter(({ kind }) => kind !== 'strong' && kind !== 'code' && kind !== 'text');
  expect(places.map(({ start, end, numbers }) => [text.slice(start, end), numbers])).toEqual([
    ['[1, 2]', [1, 2]],
    ['[3]', [3]],
  ]);
  const [code] = pieces.filter(({ kind }) => kind === 'code');
  expect(text.slice(code!.start, code!.end)).toBe('`a`');
});

it('shows code that is still being written', () => {
  expect(answerBlocks('```\nlet')).toEqual([{ kind: 'code', text: 'let' }]);
  expect(answerBlocks('')).toEqual([]);
});
