import { expect, it } from 'vitest';
import { translator } from '../../../webview/translate';

it('translates what it has a word for, and says the rest in English', () => {
  const t = translator(JSON.stringify({ '{0} files': '{0} Dateien', Ask: 7 }));
  expect([t('{0} files', 3), t('{0} lines', 3), t('Ask'), t('toString')]).toEqual([
    '3 Dateien',
    '3 lines',
    'Ask',
    'toString',
  ]);
});

it.each([undefined, '', 'not JSON', 'null', '7'])('speaks English when the page carries %j', (json) => {
  expect(translator(json)('Stop')).toBe('Stop');
});
