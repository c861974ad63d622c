import { isRecord } from '../runtime/protocol/json';
import type { ToWebview } from '../runtime/protocol/webview';

type Check = (message: Record<string, unknown>) => boolean;

const hasId: Check = (message) => typeof message.id === 'number';
const hasList = (value: unknown, key: string) => isRecord(value) && Array.isArray(value[key]);

const isTurn: Check = (message) =>
  hasId(message) &&
  Array.isArray(message.after) &&
  isRecord(message.asking) &&
  typeof message.asking.question === 'string' &&
  Array.isArray(message.asking.places);

/** Per type, the fields without which the view could not draw. */
const checks: Record<ToWebview['type'], Check> = {
  showTab: (message) => ['ask', 'summary', 'completions'].includes(message.tab as string),
  status: ({ status, notice }) =>
    (status === undefined || status === null || isRecord(status)) &&
    (notice === undefined || (isRecord(notice) && typeof notice.text === 'string')),
  askStarted: isTurn,
  askRecalled: isTurn,
  askProgress: (message) => hasId(message) && isRecord(message.progress),
  askDone: (message) => hasId(message) && hasList(message.response, 'passages'),
  askFailed: hasId,
  askCleared: () => true,
  passagesNow: (message) => hasId(message) && Array.isArray(message.passages),
  compose: (message) => Array.isArray(message.places),
  offers: (message) => Array.isArray(message.places),
  foundPlaces: (message) => typeof message.query === 'string' && Array.isArray(message.places),
  summaryStarted: (message) => hasId(message) && typeof message.displayPath === 'string',
  summaryOutline: (message) => hasId(message) && hasList(message.summary, 'lines'),
  summaryLine: (message) => hasId(message) && Number.isInteger(message.index) && isRecord(message.line),
  summaryDone: (message) => hasId(message) && hasList(message.summary, 'lines'),
  summaryFailed: hasId,
  completionsStarted: () => true,
  completions: (message) => hasList(message.view, 'candidates'),
};

/** A message of the host that the view understands; undefined for anything else, which is then ignored. */
export function toMessage(data: unknown): ToWebview | undefined {
  if (!isRecord(data) || typeof data.type !== 'string' || !Object.hasOwn(checks, data.type)) return undefined;
  return checks[data.type as ToWebview['type']](data) ? (data as unknown as ToWebview) : undefined;
}
