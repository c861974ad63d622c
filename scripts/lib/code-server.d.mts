import type { Editor } from './editor.mjs';

export interface EditorFolders {
  userData: string;
  extensions: string;
}

export interface EditorServer {
  /** Without a slash at its end. */
  url: string;
  port: number;
  /** Also the id of the process group that holds all that the server starts. */
  pid: number;
  stop(): Promise<void>;
  exited: Promise<void>;
}

export function freePort(preferred?: number): Promise<number>;
export function installExtension(editor: Editor, folders: EditorFolders, vsix: string): Promise<void>;
export function startServer(
  editor: Editor,
  folders: EditorFolders,
  options: { port: number; logFile: string; args?: string[]; workspaceTrust?: boolean },
): Promise<EditorServer>;
