/**
 * Everything that the webview sends is checked here before anything is done about it: the webview shows text from files
 * and models, so what comes out of it is not trusted.
 */
import type { LineRange } from '../../runtime/protocol/text';
import type { FromWebview, PanelCommand, Tab } from '../../runtime/protocol/webview';

const questionLimit = 4_000;
const pathLimit = 4_096;
const lineLimit = 10_000_000;

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
      return { type: data.type };
    case 'ask':
      return isText(data.question, questionLimit) ? { type: 'ask', question: data.question } : undefined;
    case 'cancel': {
      const what = tabs.find((tab) => tab === data.what);
      return what && { type: 'cancel', what };
    }
    case 'openCitation': {
      const range = parseRange(data.range);
      if (!range || !isText(data.path, pathLimit)) return undefined;
      return {
        type: 'openCitation',
        path: data.path,
        range,
        ...(isCount(data.number) && { number: data.number }),
      };
    }
    case 'openLine':
      if (!isText(data.path, pathLimit) || !isCount(data.line) || !isCount(data.endLine)) return undefined;
      return data.endLine >= data.line
        ? { type: 'openLine', path: data.path, line: data.line, endLine: data.endLine }
        : undefined;
    case 'copyPassage':
      return isCount(data.number) ? { type: 'copyPassage', number: data.number } : undefined;
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

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= lineLimit;
}
