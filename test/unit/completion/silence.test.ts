import { expect, it } from 'vitest';
import { silenceSentence } from '../../../runtime/completion/silence';

it('names the language, the model and the failure', () => {
  const facts = { language: 'Rust', model: 'striped-code', failure: 'File weights.bin is missing.' };
  expect(silenceSentence('language-unknown', facts)).toBe('striped-code does not know Rust.');
  expect(silenceSentence('model-missing', facts)).toBe('File weights.bin is missing.');
  expect(silenceSentence('engine-failed', facts)).toBe(
    'The engine is not running: File weights.bin is missing.',
  );
  expect(silenceSentence('cancelled', facts, (message) => message.toUpperCase())).toMatch(/^YOU TYPED/);
});
