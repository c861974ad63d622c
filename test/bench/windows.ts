/** What the benchmarks of the whole engine share: windows on folders, their code, and the memory of a process. */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { CancellationTokenSource } from 'vscode-jsonrpc';
import type { EngineClient } from '../../extension/engine/engine-client';
import type { EvaluatedEngine } from '../../runtime/evaluation/evaluated-engine';
import type { EngineSettings } from '../../runtime/protocol/engine';
import { Complete, DocumentChanged, DocumentClosed, DocumentOpened } from '../../runtime/protocol/methods';
import { root } from '../../scripts/lib/paths.mjs';
import { openWindow } from '../unit/extension/windows';

export interface CodeFile {
  path: string;
  uri: string;
  text: string;
  languageId: string;
}

const languages: Record<string, string> = { '.ts': 'typescript', '.js': 'javascript', '.py': 'python' };

/** The code of a folder, the largest file first. */
export function codeFiles(folder: string): CodeFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && languages[path.extname(entry.name)])
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !file.includes('node_modules'))
    .map((file) => ({
      path: file,
      uri: `file://${file}`,
      text: readFileSync(file, 'utf8'),
      languageId: languages[path.extname(file)]!,
    }))
    .filter(({ text }) => text.length < 500_000)
    .sort((a, b) => b.text.length - a.text.length);
}

/** Memory that a process has in use, by the system's own account. */
export function residentMB(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;
}

/** A window on a folder, on the built engine with the embedded model. */
export function openBenchWindow(
  folder: string,
  dataFolder: string,
  settings: Partial<EngineSettings>,
): EngineClient {
  return openWindow({
    modulePath: path.join(root, 'dist', 'engine.js'),
    dataFolder,
    log: ({ level, message, fields }) => {
      if (level === 'warn' || level === 'error') console.log(`  ${message} ${JSON.stringify(fields ?? {})}`);
    },
    initialize: {
      modelsFolder: path.join(root, 'runtime', 'models'),
      workspaceFolders: [{ path: folder, name: path.basename(folder) }],
      visibleLanguages: ['typescript'],
      settings: {
        completionModel: 'striped-code',
        provider: 'cpu',
        memoryLimit: 1024,
        threads: 0,
        indexEnabled: true,
        backgroundReading: 'idle',
        storageLimit: 2048,
        excludeGlobs: [],
        ...settings,
      },
    },
  });
}

/** The engine behind a window, as typing needs it. */
export function engineOf(client: EngineClient): EvaluatedEngine {
  return {
    openDocument: (item) => client.notify(DocumentOpened, item),
    changeDocument: (change) => client.notify(DocumentChanged, change),
    closeDocument: (document) => client.notify(DocumentClosed, document),
    complete: (request, signal) => {
      const source = new CancellationTokenSource();
      signal?.addEventListener('abort', () => source.cancel(), { once: true });
      return client.request(Complete, request, source.token);
    },
  };
}

/** Typed in one go. */
const regionCharacters = 400;

/** The region of a file that is typed in the given round: another one each time, the whole lines of some hundred characters. */
export function regionOf(text: string, round: number): { from: number; to: number } {
  const share = 0.2 + 0.6 * ((round * 0.618) % 1);
  const from = text.indexOf('\n', Math.floor(text.length * share)) + 1;
  return { from, to: Math.min(text.length, text.indexOf('\n', from + regionCharacters) + 1 || text.length) };
}
