/**
 * Everything that the webview sends is checked here before anything is done about it: the webview shows text from files
 * and models, so what comes out of it is not trusted.
 */
import type { Asking, Place } from '../../runtime/protocol/conversation';
import type { FileKind } from '../../runtime/protocol/questions';
import type { LineRange } from '../../runtime/protocol/text';
import type { FromWebview, PanelCommand, Tab } from '../../runtime/protocol/webview';

const questionLimit = 4_000;
const pathLimit = 4_096;
const lineLimit = 10_000_000;
const placeLimit = 50;
const turnLimit = 200;

const placeKinds = ['file', 'folder', 'selection'] as const satisfies readonly Place['kind'][];
const fileKinds = ['tests', 'docs'] as const satisfies readonly FileKind[];

const tabs = ['ask', 'summary', 'completions'] as const satisfies readonly Tab[];
const commands = [
  'pauseIndexing',
  'resumeIndexing',
  'showDiagnostics',
  'explainSilence',
  'restartEngine',
  'openSettings',
] as const satisfies readonly PanelCommand[];

/** The message, rebuilt from the fields it may have; undefined for anything else. */
export function parseFromWebview(data: unknown): FromWebview | undefined {
  if (!isRecord(data)) return undefined;
  switch (data.type) {
    case 'ready':
    case 'summarize':
    case 'exportSummary':
    case 'requestCompletions':
    case 'manageTrust':
    case 'newConversation':
    case 'showHistory':
    case 'pickPlace':
      return { type: data.type };
    case 'ask':
      return parseAsk(data);
    case 'findPlaces':
      return typeof data.query === 'string' && data.query.length <= pathLimit
        ? { type: 'findPlaces', query: data.query }
        : undefined;
    case 'dropPlaces': {
      const uris = listOf(data.uris, placeLimit, (uri) => (isText(uri, pathLimit) ? uri : undefined));
      return uris && { type: 'dropPlaces', uris };
    }
    case 'cancel': {
      const what = tabs.find((tab) => tab === data.what);
      return what && { type: 'cancel', what };
    }
    case 'openCitation': {
      const range = parseRange(data.range);
      if (!range || !isText(data.path, pathLimit) || !isId(data.id) || !isCount(data.number))
        return undefined;
      return { type: 'openCitation', path: data.path, range, id: data.id, number: data.number };
    }
    case 'openLine':
      if (!isText(data.path, pathLimit) || !isCount(data.line) || !isCount(data.endLine)) return undefined;
      return data.endLine >= data.line
        ? { type: 'openLine', path: data.path, line: data.line, endLine: data.endLine }
        : undefined;
    case 'copyPassage':
    case 'insertPassage':
    case 'insertNote':
      return isId(data.id) && isCount(data.number)
        ? { type: data.type, id: data.id, number: data.number }
        : undefined;
    case 'copyAnswer':
    case 'exportAnswer':
    case 'copyWritten':
      return isId(data.id) ? { type: data.type, id: data.id } : undefined;
    case 'insertCompletion':
      return isCount(data.index) ? { type: 'insertCompletion', index: data.index } : undefined;
    case 'switchOn':
      return data.what === 'longview' || data.what === 'index'
        ? { type: 'switchOn', what: data.what }
        : undefined;
    case 'command': {
      const command = commands.find((known) => known === data.command);
      return command && { type: 'command', command };
    }
    default:
      return undefined;
  }
}

function parseAsk(data: Record<string, unknown>): FromWebview | undefined {
  const asking = parseAsking(data.asking);
  const after = listOf(data.after, turnLimit, (id) => (isId(id) ? id : undefined));
  const earlier = listOf(data.earlier, turnLimit, (text) => (isText(text, questionLimit) ? text : undefined));
  return asking && after && earlier && { type: 'ask', asking, after, earlier };
}

/** From the webview, or from a history that was read from disk. */
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

/** The list with every entry parsed; undefined where it is none, is too long, or holds anything else. */
function listOf<T>(value: unknown, limit: number, parse: (entry: unknown) => T | undefined): T[] | undefined {
  if (!Array.isArray(value) || value.length > limit) return undefined;
  const parsed = value.map(parse).filter((entry) => entry !== undefined);
  return parsed.length === value.length ? parsed : undefined;
}

export function parseRange(value: unknown): LineRange | undefined {
  if (!isRecord(value) || !isCount(value.startLine) || !isCount(value.endLine)) return undefined;
  return value.endLine >= value.startLine
    ? { startLine: value.startLine, endLine: value.endLine }
    : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown, limit: number): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= limit;
}

/** Numbers of turns grow from the time at which the window began. */
function isId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= lineLimit;
}
