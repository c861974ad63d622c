/** What a conversation in the panel's Ask tab is made of: plain data that panel, editor and history share. */
import type { FileKind, Passage, WrittenAnswer } from './questions';
import type { LineRange } from './text';

/**
 * A place that a question names. Files and folders limit where passages come from; a selection is what the question is
 * about. `path` is absolute, `displayPath` relative to the workspace folder.
 */
export interface Place {
  kind: 'file' | 'folder' | 'selection';
  path: string;
  displayPath: string;
  /** Of a selection. */
  range?: LineRange;
}

/** A question as it is asked. */
export interface Asking {
  question: string;
  places: Place[];
  leaveOut: FileKind[];
}

/** An answer as the panel shows it: all that copying, exporting and following up need of it. */
export interface ShownAnswer {
  passages: Passage[];
  answer?: Pick<WrittenAnswer, 'model' | 'text'>;
}

/** A turn that the panel still shows after the window was loaded anew. */
export interface ShownTurn {
  id: number;
  asking: Asking;
  response: ShownAnswer;
}

/** A passage that was shown, in its file as the editor has it now. */
export interface PassageNow {
  number: number;
  range: LineRange;
  /** `changed`: some of its lines still stand there; `gone`: none that could be told apart. */
  text: 'same' | 'changed' | 'gone';
}

/** Tasks that a question may begin with, as in "/find where are cookies signed". */
export const slashCommands = ['find', 'explain', 'summarize', 'doc'] as const;
export type SlashCommand = (typeof slashCommands)[number];

/** The command that a question begins with; an unknown word stays as it was written. */
export function slashCommandOf(question: string): { command?: SlashCommand; unknown?: string; rest: string } {
  const match = /^\/([A-Za-z]+)(?:\s+|$)/.exec(question.trim());
  if (!match) return { rest: question.trim() };
  const rest = question.trim().slice(match[0].length).trim();
  const command = slashCommands.find((known) => known === match[1]?.toLowerCase());
  return command ? { command, rest } : { unknown: match[1], rest };
}
