/** A question as it comes from the webview, or from a history that was read from disk. */
import type { Asking, Place } from '../../runtime/protocol/conversation';
import type { FileKind } from '../../runtime/protocol/questions';
import { isRecord } from '../../runtime/protocol/json';
import { isText, listOf, parseRange, pathLimit } from './parse-values';

/** UTF-16 units. */
export const questionLimit = 4_000;
export const placeLimit = 50;

const placeKinds = ['file', 'folder', 'selection'] as const satisfies readonly Place['kind'][];
const fileKinds = ['tests', 'docs'] as const satisfies readonly FileKind[];

/** Undefined where anything of it is not as it is written. */
export function parseAsking(value: unknown): Asking | undefined {
  if (!isRecord(value) || !isText(value.question, questionLimit)) return undefined;
  const places = listOf(value.places, placeLimit, parsePlace);
  const leaveOut = listOf(value.leaveOut, fileKinds.length, (kind) =>
    fileKinds.find((known) => known === kind),
  );
  return places && leaveOut && { question: value.question, places, leaveOut };
}

function parsePlace(value: unknown): Place | undefined {
  if (!isRecord(value)) return undefined;
  const kind = placeKinds.find((known) => known === value.kind);
  const range = parseRange(value.range);
  if (!kind || !isText(value.path, pathLimit) || !isText(value.displayPath, pathLimit)) return undefined;
  if (kind === 'selection' && !range) return undefined;
  return { kind, path: value.path, displayPath: value.displayPath, ...(range && { range }) };
}
