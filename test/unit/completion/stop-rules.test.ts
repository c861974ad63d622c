import { describe, expect, it } from 'vitest';
import {
  checkStop,
  finishText,
  MAX_LINE_TOKENS,
  planStop,
  type Stop,
} from '../../../runtime/completion/stop-rules';

/** Feeds `written` in small pieces, as tokens come, and says where it stopped. `█` is the cursor. */
function write(document: string, written: string, multiline: 'auto' | 'never' = 'auto'): Stop {
  const [before, after] = document.split('█') as [string, string];
  const plan = planStop(before, after, multiline);
  let text = '';
  let tokens = 0;
  for (const piece of written.match(/\n[ ]*|[^\n]{1,3}/g) ?? []) {
    text += piece;
    const stop = checkStop(plan, text, ++tokens);
    if (stop) return stop;
  }
  return finishText(plan, text);
}

describe('stop rules', () => {
  it('ends at the line within a line', () => {
    expect(write('const a = █\nb();', '1;\nc();')).toEqual({ by: 'line-end', text: '1;' });
    expect(write('f(█);', 'a, b')).toEqual({ by: 'end-token', text: 'a, b' });
  });

  it('ends at the line everywhere when several lines are not wanted', () => {
    expect(write('if (a) {\n  █\n}', 'b();\n  c();', 'never')).toEqual({ by: 'line-end', text: 'b();' });
  });

  it('ends a block on a blank line at its dedent', () => {
    expect(write('function f() {\n  █\n}\n', 'if (a) {\n    b();\n  }\n  c();\n}\n')).toEqual({
      by: 'block-end',
      text: 'if (a) {\n    b();\n  }\n  c();',
    });
    expect(write('def f():\n    █\n\ndef g():\n    pass', 'x = 1\n    return x\n\nclass A:')).toEqual({
      by: 'block-end',
      text: 'x = 1\n    return x',
    });
  });

  it('counts indentation that the blank line lacks', () => {
    expect(write('def f():\n    a = 1\n█\n    return a\n', 'b = 2\n    c = 3\nd = 4').text).toBe(
      'b = 2\n    c = 3',
    );
  });

  it('ends an opened block with its closing line', () => {
    expect(write('  if (a) {█\n', '\n    b();\n  }\n  c();')).toEqual({
      by: 'block-end',
      text: '\n    b();\n  }',
    });
    expect(write('  if (a) {█\n', '\n    b();\n  } else {\n    c();').text).toBe('\n    b();');
    expect(write('for x in y:█\n', '\n    print(x)\n    z()\nprint(y)\n').text).toBe(
      '\n    print(x)\n    z()',
    );
  });

  it('does not write the closing line that stands below', () => {
    expect(write('if (a) {█\n}\n', '\n  b();\n}\n')).toEqual({ by: 'suffix', text: '\n  b();' });
  });

  it('takes an argument after an open bracket for the rest of the line', () => {
    expect(write('use(█\n', 'a, b);\nuse(c);')).toEqual({ by: 'line-end', text: 'a, b);' });
    expect(write('use(█\n', 'async () => {\n  run();\n});\nmore();').text).toBe(
      'async () => {\n  run();\n});',
    );
  });

  it('stops before the next line below', () => {
    expect(write('import a\n█\nimport os\n', 'import b\nimport os\nimport c')).toEqual({
      by: 'suffix',
      text: 'import b',
    });
    expect(write('import a\n█\nimport os\n', 'import os\nimport re')).toEqual({ by: 'suffix', text: '' });
  });

  it('lets a deeper line be the same as the one below', () => {
    const text = 'if (!a) {\n    return null;\n  }\n  b();';
    expect(write('{\n  █\n  return null;\n}\n', text).text).toBe(text);
  });

  it('stops going round in circles', () => {
    expect(write('[\n  █\n]', '1,\n  1,\n  1,\n  1,\n')).toEqual({ by: 'repetition', text: '1,' });
    expect(write('x = █', 'a + b + a + b + a + b + a + b + a + b').by).toBe('repetition');
    expect(write('// █', '-'.repeat(60)).by).toBe('end-token');
  });

  it('has limits', () => {
    const words = Array.from({ length: 200 }, (_, i) => `w${i}`).join(' ');
    const line = write('x = █', words);
    expect(line.by).toBe('limit');
    expect(line.text.length).toBeLessThanOrEqual(MAX_LINE_TOKENS * 3);
    const lines = Array.from({ length: 40 }, (_, i) => `a${i}();`).join('\n  ');
    const block = write('{\n  █\n}', lines);
    expect(block).toEqual({ by: 'limit', text: lines.split('\n').slice(0, 12).join('\n') });
  });
});
