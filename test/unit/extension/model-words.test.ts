import { describe, expect, it } from 'vitest';
import { encodes, fitOf, modelWords, planWords } from '../../../extension/models/model-words';
import type { ModelOffer } from '../../../runtime/protocol/models';
import { english } from '../../../runtime/protocol/translate';

const model: ModelOffer = {
  name: 'tiny',
  folder: '/models/tiny',
  bytesOnDisk: 153 * 2 ** 20,
  memoryBytes: 84e6,
  licence: 'Apache-2.0',
  languages: ['typescript', 'python'],
  msPerToken: 5.14,
  completes: true,
  verified: true,
};
const offers = { models: [model], memoryLimitMB: 1024, machineMemoryBytes: 16e9 };
const words = (change: Partial<ModelOffer>) => modelWords({ ...model, ...change }, offers, english);

describe('a model that can be chosen', () => {
  it('says what it takes and what it is good for', () => {
    expect(words({})).toEqual({
      description: '153 MB on disk · 80.1 MB of memory · Apache-2.0 · 5.1 ms per token',
      detail: 'typescript, python · fits this machine',
    });
  });

  it('says what is not known, or not so', () => {
    const unknown = { memoryBytes: undefined, licence: undefined, msPerToken: undefined };
    expect(words({ ...unknown, languages: [], completes: false, verified: false })).toEqual({
      description: '153 MB on disk · licence not stated',
      detail:
        'No completions: the model comes without a tokeniser, or nothing says where its texts end · not compared with the original',
    });
    expect(words({ problem: 'config.json is missing.' }).detail).toBe('config.json is missing.');
  });

  it.each([
    [84e6, 'fits'],
    [800e6, 'limit'],
    [15.9e9, 'machine'],
    [undefined, 'unknown'],
  ] as const)('with %s bytes: %s', (memoryBytes, fit) => {
    expect(fitOf({ ...model, memoryBytes }, offers)).toBe(fit);
  });

  it('says whether it can write answers', () => {
    expect(words({ chats: true }).detail).toContain('writes answers');
    expect(words({ chats: true, completes: false }).detail).not.toContain('writes answers');
  });

  it('says of an encoder what it is, and not what it lacks', () => {
    const encoder = { encodes: true as const, completes: false, languages: [], msPerToken: undefined };
    expect(words(encoder).detail).toBe('places passages by their meaning · fits this machine');
    expect(encodes({ ...model, ...encoder, problem: 'tokenizer.json is missing.' })).toBe(false);
  });

  it('names the setting where the limit is too low', () => {
    expect(words({ memoryBytes: 800e6 }).detail).toContain('limit of 1024 MB (longview.engine.memoryLimit)');
  });
});

describe('a download', () => {
  const plan = { repository: 'owner/name', revision: 'a', files: [], bytes: 2 * 2 ** 30, gated: false };

  it('says size, place and licence', () => {
    expect(planWords({ ...plan, licence: 'mit' }, 'https://hub', english)).toBe(
      '2.0 GB from https://hub. Licence: mit.',
    );
    expect(planWords({ ...plan, gated: true }, 'https://hub', english)).toBe(
      '2.0 GB from https://hub. Licence: not stated, see its page on the hub. Its licence must have been accepted there.',
    );
  });
});
