import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAR_LIMITS } from '../../../runtime/completion/far-prefix';
import {
  handOn,
  planPrompt,
  planQuickPrompt,
  shiftOffset,
  type PromptPlan,
} from '../../../runtime/completion/prompt';
import { contextIds, questionIds } from '../../../runtime/completion/prompt-layout';
import type { PromptFormat } from '../../../runtime/protocol/prompt-format';
import { FORMAT, UnitTokenizer } from './tokens';

const promptIds = (plan: PromptPlan, format: PromptFormat) => [
  ...contextIds(plan, format),
  ...questionIds(plan, format),
];
const limits = { maxSuffixTokens: 192, maxNearTokens: 192, far: FAR_LIMITS };

function plan(tokenizer: UnitTokenizer, before: string, after = '', previous?: PromptPlan): PromptPlan {
  return planPrompt({
    displayPath: 'src/a.ts',
    before,
    after,
    encode: tokenizer.encode,
    format: FORMAT,
    limits,
    previous: previous && handOn(previous),
  });
}

const program = (lines: number, from = 0) =>
  Array.from({ length: lines }, (_, i) => {
    const n = i + from;
    return n % 7 === 0
      ? `\nexport function name${n}(value: number) {`
      : n % 7 === 6
        ? '}'
        : `  const x${n} = value * ${n};`;
  }).join('\n');

describe('planPrompt', () => {
  it('writes the parts in the order of the training format', () => {
    const tokenizer = new UnitTokenizer();
    const before = `${program(40)}\n  return x`;
    const text = tokenizer.decode(promptIds(plan(tokenizer, before, ';\n}\n'), FORMAT));
    const at = text.indexOf('<4>');
    expect(text.startsWith('<1><2>src/a.ts\n\nexport function name0')).toBe(true);
    expect(text.slice(at)).toMatch(/^<4>;\n}\n<3>\n/);
    expect(text.endsWith('\n  return x<5>')).toBe(true);
    expect(text.replace(/<4>[^<]*<3>/, '').slice('<1><2>src/a.ts\n'.length)).toBe(`${before}<5>`);
  });

  it('takes the far prefix over from the last plan, which gives the same plan', () => {
    const tokenizer = new UnitTokenizer();
    const typed = '  const total = name0(1) + name7(2);\n  return total;\n';
    let kept = plan(tokenizer, program(300));
    for (let i = 1; i <= typed.length; i++) {
      const before = program(300) + typed.slice(0, i);
      const { anchor, farStart } = kept;
      const anew = planPrompt({
        displayPath: 'src/a.ts',
        before,
        after: '',
        encode: tokenizer.encode,
        format: FORMAT,
        limits,
        previous: { anchor, farStart },
      });
      kept = plan(tokenizer, before, '', kept);
      expect(kept).toEqual(anew);
    }
  });

  it('cuts so that the parts give the tokens of the whole text', () => {
    const piece = fc.constantFrom(
      '\n',
      '\r\n',
      '\n\n',
      '  ',
      '\t',
      'if (x) {',
      'name',
      '.',
      ' = 12',
      '}',
      '# é',
      '\n    ',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 600 }), (pieces) => {
        const tokenizer = new UnitTokenizer();
        const before = pieces.join('');
        const result = plan(tokenizer, before, 'x');
        const seen = tokenizer.decode([...result.far, ...result.near, ...result.opening]);
        const whole = before.replace(/\r\n?/g, '\n') + result.missingIndentation;
        expect(seen).toBe(whole);
        // Joining near and far as text and encoding anew gives the same ids.
        expect([...result.far, ...result.near, ...result.opening]).toEqual(tokenizer.encode(whole));
      }),
      { numRuns: 300 },
    );
  });

  it('begins NEAR with a newline and keeps it within its limit', () => {
    const tokenizer = new UnitTokenizer();
    const before = program(300);
    for (let end = 500; end < before.length; end += 97) {
      const { near, anchor } = plan(tokenizer, before.slice(0, end));
      expect(before[anchor]).toBe('\n');
      expect(before[anchor - 1]).not.toBe('\n');
      expect(near.length).toBeGreaterThan(0);
      expect(near.length).toBeLessThanOrEqual(192);
    }
  });

  it('moves the anchor rarely while typing forward, and then to about 64 tokens', () => {
    const tokenizer = new UnitTokenizer();
    const start = program(200);
    const typed = `\n${program(60, 200)}`;
    let previous = plan(tokenizer, start);
    let moves = 0;
    for (let i = 1; i <= typed.length; i++) {
      const next = plan(tokenizer, start + typed.slice(0, i), '', previous);
      if (next.anchor !== previous.anchor) {
        moves++;
        expect(next.near.length).toBeLessThan(96);
      } else {
        expect(next.far).toEqual(previous.far);
      }
      previous = next;
    }
    const tokens = tokenizer.encode(typed).length;
    expect(moves).toBeGreaterThan(0);
    expect(moves).toBeLessThanOrEqual(Math.ceil(tokens / (192 - 96)));
  });

  it('gives a FAR between 4,096 and 6,144 tokens in a long file, the same one for neighbouring cursors', () => {
    const tokenizer = new UnitTokenizer();
    const before = program(4000);
    const starts = new Set<number>();
    for (let end = before.length - 6000; end < before.length; end += 500) {
      const result = plan(tokenizer, before.slice(0, end));
      starts.add(result.farStart);
      expect(result.far.length).toBeGreaterThanOrEqual(4096);
      expect(result.far.length).toBeLessThanOrEqual(6144);
      expect(tokenizer.decode(result.far)).toMatch(/^export function/);
    }
    expect(starts.size).toBeLessThanOrEqual(3);
  });

  it('chooses the start of FAR by content: text inserted far above does not move it', () => {
    const tokenizer = new UnitTokenizer();
    const before = program(4000);
    const inserted = 'import { something } from "somewhere";\n';
    const a = plan(tokenizer, before);
    const b = plan(tokenizer, inserted + before);
    expect(b.far).toEqual(a.far);
    expect(b.farStart).toBe(a.farStart + inserted.length);
  });

  it('keeps the start of FAR while it is long enough, moving up or down', () => {
    const tokenizer = new UnitTokenizer();
    const before = program(4000);
    const first = plan(tokenizer, before);
    const room = before.length - first.farStart;
    const up = plan(tokenizer, before.slice(0, first.farStart + Math.floor(room * 0.85)), '', first);
    expect(up.farStart).toBe(first.farStart);
    const jumped = plan(tokenizer, before.slice(0, first.farStart + Math.floor(room * 0.2)), '', first);
    expect(jumped.farStart).not.toBe(first.farStart);
  });

  it('never encodes a long file whole, nor a minified line', () => {
    for (const before of [program(60_000), `const a=[${'1,'.repeat(1_000_000)}`]) {
      const tokenizer = new UnitTokenizer();
      const result = plan(tokenizer, before, before);
      const encoded = tokenizer.calls.reduce((sum, text) => sum + text.length, 0);
      expect(encoded).toBeLessThan(150_000);
      expect(result.near.length).toBeLessThanOrEqual(192);
      expect(result.suffix.length).toBeLessThanOrEqual(192);
      expect(result.far.length).toBeLessThanOrEqual(6144);
    }
  });

  it('cuts the suffix at its limit and gives none at the end of the file', () => {
    const tokenizer = new UnitTokenizer();
    expect(plan(tokenizer, 'a', '').suffix).toEqual([]);
    const after = `)\n${program(200)}`;
    const { suffix } = plan(tokenizer, 'f(', after);
    expect(suffix).toEqual(tokenizer.encode(after).slice(0, 192));
  });

  it('supplies the indentation that a blank line lacks', () => {
    const tokenizer = new UnitTokenizer();
    const result = plan(tokenizer, 'function f() {\n  a();\n', '\n  b();\n}\n');
    expect(result.missingIndentation).toBe('  ');
    expect(tokenizer.decode(result.near)).toBe('function f() {\n  a();');
    expect(tokenizer.decode(result.opening)).toBe('\n  ');
  });

  it('lets the middle begin with the newline and indentation of a blank line, and with nothing elsewhere', () => {
    const tokenizer = new UnitTokenizer();
    const blank = plan(tokenizer, 'if x:\r\n\r\n    ', '\r\ny()\r\n');
    expect(tokenizer.decode(blank.near)).toBe('if x:');
    expect(tokenizer.decode(blank.opening)).toBe('\n\n    ');
    expect(tokenizer.decode(promptIds(blank, FORMAT))).toMatch(/if x:<5>\n\n {4}$/);
    expect(plan(tokenizer, 'if x:\n    y', '').opening).toEqual([]);
  });

  it('takes special-token strings as text and puts neighbours before the header', () => {
    const tokenizer = new UnitTokenizer();
    const result = planPrompt({
      displayPath: 'b.py',
      before: 'x = "<|fim_middle|>"',
      after: '',
      encode: tokenizer.encode,
      format: FORMAT,
      limits,
      neighbours: [{ displayPath: 'a.py', text: 'y = 1\r\n' }],
    });
    expect(tokenizer.decode(result.header)).toBe('<1><2>a.py\ny = 1\n<1><2>b.py\n');
    expect(tokenizer.decode(result.near)).toBe('x = "<|fim_middle|>"');
    expect(result.near).not.toContain(FORMAT.middle);
  });
});

describe('planQuickPrompt', () => {
  it('reads about a thousand tokens of a long file', () => {
    const tokenizer = new UnitTokenizer();
    const { far, near } = planQuickPrompt({
      displayPath: 'a.ts',
      before: program(4000),
      after: '',
      encode: tokenizer.encode,
      format: FORMAT,
      limits,
    });
    expect(far.length + near.length).toBeGreaterThan(640);
    expect(far.length + near.length).toBeLessThan(1152);
  });
});

describe('shiftOffset', () => {
  it('moves with edits before it and is lost inside a deleted range', () => {
    expect(shiftOffset(10, { offset: 2, length: 1, text: 'abc' })).toBe(12);
    expect(shiftOffset(10, { offset: 10, length: 0, text: 'abc' })).toBe(10);
    expect(shiftOffset(10, { offset: 8, length: 5, text: '' })).toBeUndefined();
  });
});
