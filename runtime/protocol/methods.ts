/**
 * Every message between a client (editor, CLI) and the engine, by name. The engine speaks JSON-RPC 2.0;
 * cancellation and progress are those of vscode-jsonrpc.
 */
import { NotificationType, ProgressType, RequestType, RequestType0, NotificationType0 } from 'vscode-jsonrpc';
import type { ChatProgress, ChatRequest, ChatResponse } from './chat';
import type { CompletionRequest, CompletionResponse, CursorMove } from './completion';
import type {
  DoctorReport,
  EngineSettings,
  EngineStatus,
  InitializeParams,
  InitializeResult,
  LogRecord,
  ProbeProgress,
  WorkspaceFolder,
} from './engine';
import type { FileChange, IndexStatus, IndexedFile } from './index-status';
import type { AskProgress, AskRequest, AskResponse } from './questions';
import type { AddModelProgress, AddModelRequest, InstalledModel, ModelOffers } from './models';
import type { FileSummary, SummarizeRequest, SummaryProgress } from './summaries';
import type { TextDocumentItem, TextEdit } from './text';

export type WithProgress<T> = T & { progressToken?: string };

export const Initialize = new RequestType<InitializeParams, InitializeResult, void>('initialize');
/** Ends the engine for all windows that share it. */
export const Shutdown = new RequestType0<void, void>('shutdown');
/** This window needs the engine no more; where it is the last one, the engine ends at once. */
export const Leave = new RequestType0<{ last: boolean }, void>('leave');
/** The engine ends because a window asked for it, and may be started again at once. */
export const Ending = new NotificationType0('engine/ending');
export const SettingsChanged = new NotificationType<EngineSettings>('settings/changed');
export const FoldersChanged = new NotificationType<WorkspaceFolder[]>('folders/changed');

export const DocumentOpened = new NotificationType<TextDocumentItem>('document/opened');
export const DocumentChanged = new NotificationType<{ uri: string; version: number; edits: TextEdit[] }>(
  'document/changed',
);
export const DocumentClosed = new NotificationType<{ uri: string }>('document/closed');
/** The cursor rests: what a suggestion there needs may be read ahead. */
export const CursorMoved = new NotificationType<CursorMove>('document/cursor');
export const FilesChanged = new NotificationType<FileChange[]>('files/changed');

export const Complete = new RequestType<CompletionRequest, CompletionResponse, void>('completion/request');
export const Ask = new RequestType<WithProgress<AskRequest>, AskResponse, void>('question/ask');
/** Fails where no model is chosen for it. */
export const Chat = new RequestType<WithProgress<ChatRequest>, ChatResponse, void>('chat/request');
/** Tokens that a text is to the model that is chosen for conversations. */
export const CountTokens = new RequestType<{ text: string }, number, void>('chat/countTokens');
export const Summarize = new RequestType<WithProgress<SummarizeRequest>, FileSummary, void>('summary/file');

export const IndexCommand = new RequestType<{ command: 'pause' | 'resume' | 'rebuild' }, IndexStatus, void>(
  'index/command',
);
export const IndexFiles = new RequestType0<IndexedFile[], void>('index/files');
export const IndexStatusChanged = new NotificationType<IndexStatus>('index/status');

export const EngineStatusChanged = new NotificationType<EngineStatus>('engine/status');
export const Doctor = new RequestType0<DoctorReport, void>('doctor');
/** Measures anew what the model could run on; the doctor tells what was found. */
export const ProbeProviders = new RequestType<WithProgress<object>, void, void>('providers/probe');
/** Deletes what Longview saved (index, states, caches, summaries); answers with the bytes freed. */
export const ClearData = new RequestType0<{ bytesFreed: number }, void>('data/clear');
export const ListModels = new RequestType0<ModelOffers, void>('models/list');
/** Fails where the model that a folder describes cannot be run, before its weights are there. */
export const CheckModel = new RequestType<{ folder: string }, void, void>('models/check');
export const AddModel = new RequestType<WithProgress<AddModelRequest>, InstalledModel, void>('models/add');
export const UnloadModel = new NotificationType0('model/unload');
export const Log = new NotificationType<LogRecord>('log');

export const ChatProgressType = new ProgressType<ChatProgress>();
export const AskProgressType = new ProgressType<AskProgress>();
export const AddModelProgressType = new ProgressType<AddModelProgress>();
export const ProbeProgressType = new ProgressType<ProbeProgress>();
export const SummaryProgressType = new ProgressType<SummaryProgress>();
