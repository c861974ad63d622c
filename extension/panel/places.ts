import path from 'node:path';
import * as vscode from 'vscode';
import type { Place } from '../../runtime/protocol/conversation';
import { displayPrefixes } from '../../runtime/protocol/display-names';
import { IndexFiles } from '../../runtime/protocol/methods';
import type { EngineClient } from '../engine/engine-client';
import { allowedPath } from '../navigation/allowed-path';
import { matchPlaces, type NamedPlace } from './match-places';

const shown = 20;
/** Milliseconds for which a list of the index's files is good enough to pick from, and for which while the index is being made. */
const freshMs = 15_000;
const freshWhileGrowingMs = 1_000;

/** The places that a question can name: what is open, what the index holds, what is dragged in. */
export class Places {
  private listed: { until: number; files: Promise<NamedPlace[]> } | undefined;

  constructor(private readonly engine: EngineClient) {}

  /** Files and folders of the index whose names match, best first. */
  async find(query: string, limit = shown): Promise<Place[]> {
    if (!this.listed || Date.now() > this.listed.until) {
      const files = this.engine
        .request(IndexFiles, undefined)
        .then((all) => all.filter(({ chunks }) => chunks > 0));
      const isComplete = this.engine.indexStatus?.state === 'ready';
      this.listed = { until: Date.now() + (isComplete ? freshMs : freshWhileGrowingMs), files };
      // An index that has not begun holds nothing yet.
      const forget = () => (this.listed = undefined);
      files.then((all) => all.length === 0 && forget(), forget);
    }
    // The parent that sets a folder apart from another of its name is no place of this workspace.
    return matchPlaces(await this.listed.files, query, limit).filter(
      (place) => allowedPath(place.path) !== undefined,
    );
  }

  /** From a drag or a menu; what is no file or folder of this workspace is left out. */
  async fromUris(uris: readonly vscode.Uri[]): Promise<Place[]> {
    const places = await Promise.all(uris.map(placeOf));
    return places.filter((place) => place !== undefined);
  }
}

async function placeOf(uri: vscode.Uri): Promise<Place | undefined> {
  const allowed = uri.scheme === 'file' ? allowedPath(uri.fsPath) : undefined;
  if (allowed === undefined) return undefined;
  const stat = await vscode.workspace.fs.stat(uri).then(
    (found) => found,
    () => undefined,
  );
  if (!stat) return undefined;
  const kind = stat.type & vscode.FileType.Directory ? 'folder' : 'file';
  return { kind, path: allowed, displayPath: shortPath(vscode.Uri.file(allowed)) };
}

/** The file in the editor, and what is selected in it. */
export function placesOf(editor: vscode.TextEditor | undefined): Place[] {
  const uri = editor?.document.uri;
  if (!editor || uri?.scheme !== 'file' || allowedPath(uri.fsPath) === undefined) return [];
  const file: Place = { kind: 'file', path: uri.fsPath, displayPath: shortPath(uri) };
  const { selection } = editor;
  if (selection.isEmpty) return [file];
  return [{ ...file, kind: 'selection', range: linesOf(selection) }, file];
}

/** The lines at the cursor of the editor: those that are selected, else the cursor's own. */
export function cursorPlace(editor: vscode.TextEditor | undefined): Place | undefined {
  const [first] = placesOf(editor);
  return first && editor && { ...first, kind: 'selection', range: linesOf(editor.selection) };
}

/** Whole lines; a selection of whole lines ends at the start of the next one. */
export function linesOf(selection: vscode.Selection): { startLine: number; endLine: number } {
  const endsBefore = selection.end.character === 0 && selection.end.line > selection.start.line;
  return { startLine: selection.start.line, endLine: selection.end.line - (endsBefore ? 1 : 0) };
}

/** As the index calls it: in a window with several folders behind its folder's name. */
function shortPath(uri: vscode.Uri): string {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  if (!folder) return uri.fsPath.replaceAll('\\', '/');
  const folders = vscode.workspace.workspaceFolders ?? [];
  const prefix = displayPrefixes(folders.map(({ name, uri: { fsPath } }) => ({ name, path: fsPath })))[
    folder.index
  ];
  const relative = path.relative(folder.uri.fsPath, uri.fsPath).replaceAll('\\', '/');
  return relative === '' ? (prefix || folder.name).replace(/\/$/, '') : `${prefix ?? ''}${relative}`;
}
