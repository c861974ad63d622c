import { describe, expect, it } from 'vitest';
import type { Evidence, EvidenceIndex, EvidenceScope } from '../../../runtime/questions';
import { propose } from '../../../runtime/questions/propose';

const evidence = (name: string, score: number): Evidence => ({
  path: `/w/${name}`,
  displayPath: name,
  languageId: 'typescript',
  range: { startLine: 0, endLine: 0 },
  text: name,
  score,
});

/** Answers each search with its own list; writes down what was searched for. */
function scripted(answers: Record<string, Evidence[]>) {
  const asked: string[] = [];
  const index = {
    search: (question: string) => (asked.push(question), answers[question] ?? []),
  } as unknown as EvidenceIndex;
  return { index, asked };
}

const scope: EvidenceScope = { folders: [], files: [], leaveOut: [], limit: 10 };
const names = (found: Evidence[]) => found.map((item) => item.displayPath);

describe('propose', () => {
  it('searches once for a question that stands alone', () => {
    const { index, asked } = scripted({ q: [evidence('a', 1)] });
    expect(names(propose({ question: 'q' }, index, scope))).toEqual(['a']);
    expect(asked).toEqual(['q']);
  });

  it('puts what answers a follow-up and what it follows first', () => {
    const { index } = scripted({
      'and the tests': [evidence('other.test', 10), evidence('backoff.test', 9)],
      'and the tests restart with backoff': [evidence('backoff', 20), evidence('backoff.test', 18)],
    });
    const request = { question: 'and the tests', earlier: ['restart with backoff'] };
    expect(names(propose(request, index, scope))).toEqual(['backoff.test', 'backoff', 'other.test']);
  });

  it('finds nothing for a follow-up none of whose own words stand anywhere', () => {
    const { index } = scripted({ 'zzyzx backoff': [evidence('backoff', 1)] });
    expect(propose({ question: 'zzyzx', earlier: ['backoff'] }, index, scope)).toEqual([]);
  });

  it('lets the names of the code in question speak, each once', () => {
    const { index, asked } = scripted({});
    propose({ question: 'why?', about: 'const it = readAll(it, readAll);' }, index, scope);
    expect(asked).toEqual(['why?', 'why? const readAll']);
  });

  it.each(['What calls this?', 'who else uses the function', 'Where is it used?'])(
    'searches for the names alone where the question says nothing else: %s',
    (question) => {
      const { index, asked } = scripted({});
      propose({ question, about: 'readAll()' }, index, scope);
      expect(asked).toEqual(['readAll']);
    },
  );
});
