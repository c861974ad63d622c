import type { HubPlan, InstalledModel, ModelOffer, ModelOffers } from '../../runtime/protocol/models';
import type { Translate } from '../../runtime/protocol/translate';
import { formatBytes } from '../reports/bytes';

/** What the engine takes besides weights and states: the process itself, the runtime's buffers, the index. */
const engineBytes = 250e6;

/** Whether the model can be loaded here. `limit`: more memory than Longview may take; `machine`: than there is. */
export function fitOf(
  { memoryBytes }: ModelOffer,
  { memoryLimitMB, machineMemoryBytes }: ModelOffers,
): 'fits' | 'limit' | 'machine' | 'unknown' {
  if (memoryBytes === undefined) return 'unknown';
  const needed = memoryBytes + engineBytes;
  if (needed > machineMemoryBytes) return 'machine';
  return needed > memoryLimitMB * 1e6 ? 'limit' : 'fits';
}

/** Conversations can be put to it: it has a template for them, and is told where a text ends. */
export const converses = ({ chats, completes, problem }: ModelOffer): boolean =>
  chats === true && completes && problem === undefined;

/** Passages can be placed by it. */
export const encodes = ({ encodes: is, problem }: InstalledModel): boolean =>
  is === true && problem === undefined;

export interface ModelWords {
  description: string;
  detail: string;
}

/** A model in two lines: what it takes, and what it is good for here. */
export function modelWords(model: ModelOffer, offers: ModelOffers, t: Translate): ModelWords {
  const { bytesOnDisk, memoryBytes, licence, languages, msPerToken, problem } = model;
  const description = [
    t('{0} on disk', formatBytes(bytesOnDisk)),
    memoryBytes !== undefined && t('{0} of memory', formatBytes(memoryBytes)),
    licence ?? t('licence not stated'),
    msPerToken !== undefined && t('{0} ms per token', msPerToken.toFixed(1)),
  ];
  if (problem !== undefined) return { description: joined(description), detail: problem };
  const detail = [
    encodes(model) && t('places passages by their meaning'),
    !model.completes &&
      !encodes(model) &&
      t('No completions: the model comes without a tokeniser, or nothing says where its texts end'),
    model.completesFrom === 'prefix' && t('completes from what stands before the cursor alone'),
    converses(model) && t('writes answers'),
    languages.length > 0 && languages.join(', '),
    fitWords(fitOf(model, offers), offers, t),
    !model.verified && t('not compared with the original'),
  ];
  return { description: joined(description), detail: joined(detail) };
}

function fitWords(fit: ReturnType<typeof fitOf>, { memoryLimitMB }: ModelOffers, t: Translate) {
  switch (fit) {
    case 'fits':
      return t('fits this machine');
    case 'limit':
      return t('needs more than the limit of {0} MB (longview.engine.memoryLimit)', memoryLimitMB);
    case 'machine':
      return t('needs more memory than this machine has');
    case 'unknown':
      return undefined;
  }
}

/** What a download would bring, for the question whether to start it. */
export function planWords({ bytes, licence, gated }: HubPlan, hub: string, t: Translate): string {
  const about = t(
    '{0} from {1}. Licence: {2}.',
    formatBytes(bytes),
    hub,
    licence ?? t('not stated, see its page on the hub'),
  );
  return gated ? `${about} ${t('Its licence must have been accepted there.')}` : about;
}

const joined = (parts: readonly (string | false | undefined)[]) => parts.filter(Boolean).join(' · ');
