import { describe, expect, it } from 'vitest';
import { postprocess } from '../../../runtime/completion/postprocess';
import { goldenCases } from './golden-cases';

describe('postprocess', () => {
  const cases = goldenCases();

  it('finds its golden cases', () => expect(cases.length).toBeGreaterThan(30));

  it.each(cases)('$name', ({ before, after, modelWrites, accepted, droppedBy }) => {
    const result = postprocess(modelWrites, { before, after });
    if ('dropped' in result) {
      expect(droppedBy).toBe(result.filter);
      return;
    }
    expect(`${before}⟦${result.text}⟧${after.slice(result.replaceAfter)}`).toBe(accepted);
  });
});
