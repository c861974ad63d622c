/**
 * Entry of the probing process, which lives as long as one probe: a driver may crash or hang, and then takes this process alone
 * with it. Takes one request, tells its steps and what it found.
 */
import { constants, setPriority } from 'node:os';
import type { ProbeMessage, ProbeRequest } from './finding';
import { probe } from './probe';

// Before any other thread starts: each begins with the priority of the one that makes it.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
// Whoever wants to know has gone: what is half written to the cache is taken away again before this ends.
const abort = new AbortController();
process.once('disconnect', () => abort.abort());

process.once('message', (request: ProbeRequest) => {
  const say = (message: ProbeMessage) => process.connected && process.send!(message, () => undefined);
  void probe(request, (step) => say({ step }), abort.signal).then(
    (finding) => process.send?.({ finding } satisfies ProbeMessage, () => process.exit()),
    () => process.exit(),
  );
});
