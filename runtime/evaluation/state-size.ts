import type { Provider } from '../graph/context';
import type { ModelDescription } from '../graph/layers';
import { buildModelGraph } from '../graph/model-graph';
import { DeviceLedger } from '../inference/device-ledger';
import { StateLedger } from '../inference/state-ledger';

/** Bytes of a state after so many tokens: counted from the graph, so that no card needs the room for it. */
export function stateBytesAt(model: ModelDescription, provider: Provider, tokens: number): number {
  // States are the same whatever form the weights have.
  const { states } = buildModelGraph(model, 'float32', { provider });
  const ledger = new (states.onDevice ? DeviceLedger : StateLedger)(states, model.vocabulary);
  ledger.create(1);
  ledger.advance(1, tokens, 0);
  return ledger.bytes;
}
