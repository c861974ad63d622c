import { describe, expect, it } from 'vitest';
import { usedByOthers } from '../../../runtime/retrieval/used-passages';

const passage = (symbols: string, text: string, language = 'typescript') => ({ symbols, text, language });
const few = () => 1;

describe('usedByOthers', () => {
  it('finds the passages that define what a user names', () => {
    const caller = passage('openShop', 'openShop() { countStock(); }');
    const called = passage('stock countStock', 'class stock { countStock() {} }');
    const other = passage('closeShop', 'closeShop() {}');
    expect([...usedByOthers([caller, called, other], [caller, other], few)]).toEqual([called]);
  });

  it('takes nobody for its own user, and no prose for either side', () => {
    const alone = passage('countDown', 'countDown() { countDown(); }');
    const prose = passage('countUp', '# countUp calls countDown', 'markdown');
    const caller = passage('start', 'start() { countUp(); }');
    expect(usedByOthers([alone, prose, caller], [alone, prose, caller], few).size).toBe(0);
  });

  it('asks once for each name how often it is defined, and follows none that is nowhere or everywhere', () => {
    const asked: string[] = [];
    const count = (name: string) => {
      asked.push(name);
      return { localName: 0, fewOnes: 10, manyOnes: 11 }[name]!;
    };
    const users = [1, 2].map(() => passage('', 'localName(fewOnes, manyOnes, missing)'));
    const [local, fews, many] = ['localName', 'fewOnes', 'manyOnes'].map((name) => passage(name, ''));
    expect([...usedByOthers([local!, fews!, many!], users, count)]).toEqual([fews]);
    expect(asked.sort()).toEqual(['fewOnes', 'localName', 'manyOnes']);
  });
});
