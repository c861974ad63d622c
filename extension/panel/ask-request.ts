import * as vscode from 'vscode';
import type { Asking, Place } from '../../runtime/protocol/conversation';
import type { AskRequest } from '../../runtime/protocol/questions';
import { allowedPath } from '../navigation/allowed-path';

const passageLimit = 10;
/** Of a selection; its names are what counts. */
const aboutLimit = 8_000;

/** What the engine is asked: files and folders as limits, selections as the code in question. */
export async function askRequest(asking: Asking, earlier: string[]): Promise<AskRequest> {
  const { question, places, leaveOut } = asking;
  const pathsOf = (kind: Place['kind']) =>
    places.filter((place) => place.kind === kind).map(({ path }) => path);
  const about = (await Promise.all(places.map(selectedText))).filter((text) => text !== '').join('\n');
  return {
    question,
    folders: pathsOf('folder'),
    files: pathsOf('file'),
    leaveOut,
    earlier,
    ...(about !== '' && { about: about.slice(0, aboutLimit) }),
    limit: passageLimit,
  };
}

/** The lines of a selection as they are now; nothing for other places, or where they cannot be read. */
async function selectedText({ kind, path, range }: Place): Promise<string> {
  const allowed = kind === 'selection' ? allowedPath(path) : undefined;
  if (allowed === undefined || !range) return '';
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(allowed)).then(
    (opened) => opened,
    () => undefined,
  );
  return document?.getText(new vscode.Range(range.startLine, 0, range.endLine + 1, 0)) ?? '';
}
