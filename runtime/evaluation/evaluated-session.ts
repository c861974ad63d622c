import type { Session } from '../engine/session';
import type { EvaluatedEngine } from './evaluated-engine';

/** A session in this process: besides what windows ask for, evaluations look at what happens behind it. */
export function evaluatedSession(session: Session): Required<EvaluatedEngine> {
  const { editing, reading, workspace } = session;
  return {
    openDocument: (item) => session.openDocument(item),
    changeDocument: (change) => session.changeDocument(change),
    closeDocument: (document) => session.closeDocument(document),
    complete: (request, signal) => session.complete(request, signal),
    setFolders: (folders) => session.setFolders(folders),
    encode: (text) => session.host.use(({ model }) => Promise.resolve(model.tokenizer.encode(text))),
    readAhead: () => reading.readNow(),
    indexIdle: () => workspace.idle(),
    lookAround: (uri, offset) => editing.lookAround(uri, offset),
    likelihood: (request, text) => editing.likelihood(request, text),
    counters: () => session.counters(),
  };
}
