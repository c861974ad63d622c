import path from 'node:path';
import type { Evidence, EvidenceIndex, EvidenceScope } from '../questions';
import { holdsSecret, isTestPath, type WorkspaceIndex } from '../retrieval';
import type { FileKind } from '../protocol/questions';
import { closePassages } from './close-passages';
import type { Logger } from './log';

/** Of a limited or filtered search: what a filter leaves out must not use up the places. */
const PROPOSED = 500;

/** The index as questions see it: limited to places, and without kinds of files, where they ask for that. */
export function evidenceIndex(index: WorkspaceIndex, log: Logger): EvidenceIndex {
  return {
    search(question, scope) {
      const { folders, files, leaveOut, limit, close } = scope;
      const narrowed = files.length > 0 || leaveOut.length > 0;
      const found = index.search(question, { folders, files, limit: narrowed ? PROPOSED : limit, close });
      return (narrowed ? found.filter((item) => isWithin(item, scope)) : found).slice(0, limit);
    },
    closeTo: (question, places, signal) => closePassages(index, question, places, { log, signal }),
    async read(file, ahead) {
      const saved = await index.read(file);
      if (saved === undefined || ahead === undefined) return saved;
      return holdsSecret(ahead) ? undefined : ahead;
    },
    highlights: (question, text) => index.highlights(question, text),
    applyChanges: (changes) => index.applyChanges(changes),
    status: () => index.status(),
  };
}

function isWithin({ path: file, displayPath }: Evidence, scope: EvidenceScope): boolean {
  const { folders, files, leaveOut } = scope;
  if (leaveOut.some((kind) => kinds[kind](displayPath))) return false;
  if (files.length === 0) return true;
  return files.includes(file) || folders.some((folder) => file.startsWith(`${folder}${path.sep}`));
}

const kinds: Record<FileKind, (displayPath: string) => boolean> = {
  tests: isTestPath,
  docs: (displayPath) => /\.(?:mdx?|markdown|rst|adoc|txt)$/i.test(displayPath),
};
