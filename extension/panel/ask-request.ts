import * as vscode from 'vscode';
import {
  slashCommandOf,
  type Asking,
  type Place,
  type SlashCommand,
} from '../../runtime/protocol/conversation';
import type { AskRequest, WrittenTurn } from '../../runtime/protocol/questions';
import { allowedPath } from '../navigation/allowed-path';
import { cursorPlace } from './places';

const passageLimit = 10;
/** Of a selection; its names are what counts. */
const aboutLimit = 8_000;

/**
 * The question with what its command works on named in it, so that it means the same when it is asked again: the code at
 * the cursor where /explain or /doc stand alone.
 */
export function withTarget(asking: Asking): Asking {
  const { command, rest } = slashCommandOf(asking.question);
  const needsCode = command === 'doc' || (command === 'explain' && rest === '');
  if (!needsCode || asking.places.some(({ kind }) => kind === 'selection')) return asking;
  const place = cursorPlace(vscode.window.activeTextEditor);
  return place ? { ...asking, places: [...asking.places, place] } : asking;
}

/** Commands whose answer is what was found, or a line of documentation. */
const unwritten: ReadonlySet<SlashCommand | undefined> = new Set(['find', 'doc'] as const);

/**
 * What the engine is asked: files and folders as limits, selections as the code in question.
 * @param written what an answer would go on from; undefined where none shall be written
 * @throws Error with a sentence where a command is unknown, or has nothing to work on
 */
export async function askRequest(
  asking: Asking,
  earlier: string[],
  written?: WrittenTurn[],
): Promise<AskRequest> {
  const { places, leaveOut } = asking;
  const { command, unknown, rest } = slashCommandOf(asking.question);
  if (unknown !== undefined)
    throw new Error(
      vscode.l10n.t(
        'There is no command /{0}. Longview knows /find, /explain, /summarize and /doc.',
        unknown,
      ),
    );
  if (command === 'find' && rest === '')
    throw new Error(vscode.l10n.t('Write after /find what to look for.'));
  const selection = places.find(({ kind }) => kind === 'selection');
  const explains = command === 'explain' || command === 'doc';
  if (explains && rest === '' && !selection)
    throw new Error(
      vscode.l10n.t('Place the cursor in the code that is meant, or select it, then ask again.'),
    );
  const documents = await Promise.all(places.map(documentOf));
  const about = documents
    .map((document, at) => selectedText(document, places[at]))
    .filter(Boolean)
    .join('\n');
  const lead = explains && selection ? leadOf(selection, documents[places.indexOf(selection)]) : undefined;
  const pathsOf = (kind: Place['kind']) =>
    places.filter((place) => place.kind === kind).map(({ path }) => path);
  return {
    question: rest,
    folders: pathsOf('folder'),
    files: pathsOf('file'),
    leaveOut,
    earlier: earlier.map((question) => slashCommandOf(question).rest).filter((words) => words !== ''),
    // Explained code speaks for itself, as the symbol that it is a part of.
    ...(about !== '' && !lead && { about: about.slice(0, aboutLimit) }),
    ...(lead && { lead: { ...lead, only: command === 'doc' } }),
    ...(written && !unwritten.has(command) && { write: { earlier: written } }),
    limit: passageLimit,
  };
}

/** The document of a selection as it is now; undefined for other places, or where it cannot be read. */
async function documentOf({ kind, path }: Place): Promise<vscode.TextDocument | undefined> {
  const allowed = kind === 'selection' ? allowedPath(path) : undefined;
  if (allowed === undefined) return undefined;
  return vscode.workspace.openTextDocument(vscode.Uri.file(allowed)).then(
    (opened) => opened,
    () => undefined,
  );
}

function selectedText(document: vscode.TextDocument | undefined, place: Place | undefined): string {
  const range = place?.range;
  return range && document
    ? document.getText(new vscode.Range(range.startLine, 0, range.endLine + 1, 0))
    : '';
}

function leadOf({ path, displayPath, range }: Place, document: vscode.TextDocument | undefined) {
  if (!range || !document) return undefined;
  // What is not saved yet is known to nobody else, and the lines count in it.
  const text = document.isDirty && { text: document.getText() };
  return { path, displayPath, languageId: document.languageId, range, ...text };
}
