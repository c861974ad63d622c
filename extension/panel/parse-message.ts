/**
 * Everything that the webview sends is checked here before anything is done about it: the webview shows text from files
 * and models, so what comes out of it is not trusted.
 */
import type { FromWebview, PanelCommand, Tab } from '../../runtime/protocol/webview';
import { isRecord } from '../../runtime/protocol/json';
import { parseAsking, placeLimit, questionLimit } from './parse-asking';
import { parseTurn } from './parse-turn';
import { isCount, isId, isText, listOf, parseRange, pathLimit } from './parse-values';

const turnLimit = 200;

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
    case 'restored': {
      const turns = listOf(data.turns, turnLimit, parseTurn);
      return turns && { type: 'restored', turns };
    }
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
