import { expect, it } from 'vitest';
import { silenceSentence } from '../../../runtime/completion/silence';

it('names the language, the model and the failure', () => {
  const facts = { language: 'Rust', model: 'striped-code', failure: 'File weights.bin is missing.' };
  expect(silenceSentence('language-unknown', facts)).toBe(
    'striped-code does not know Rust: choose a model that does.',
  );
  expect(silenceSentence('model-missing', facts)).toMatch(/striped-code .*weights\.bin is missing\.$/);
  expect(silenceSentence('cancelled', facts, (message) => message.toUpperCase())).toMatch(/^THE REQUEST/);
});
