import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import {
  slashCommandOf,
  type Asking,
  type PassageNow,
  type ShownAnswer,
  type ShownTurn,
} from '../../runtime/protocol/conversation';
import type { Passage, PassageNote, WrittenTurn } from '../../runtime/protocol/questions';
import { findLines } from '../navigation/find-lines';

export interface HeldTurn {
  id: number;
  asking: Asking;
  response?: ShownAnswer;
  /** Where its passages stand, once that was looked up. */
  now?: PassageNow[];
}

/** The turns that the panel shows, with what the host must know of them: their passages, and where these stand by now. */
export class Conversation {
  private readonly answers = new vscode.EventEmitter<HeldTurn>();

  /** Fires for a turn whose passages have come. */
  readonly onDidAnswer = this.answers.event;
  /** Names it in the history. */
  id: string = randomUUID();
  turns: HeldTurn[] = [];

  /** Goes on after the turns that stay; after none of them it is another conversation. */
  begin(turn: HeldTurn, after: readonly number[], conversation: string = randomUUID()): void {
    this.turns = this.turns.filter(({ id }) => after.includes(id));
    if (this.turns.length === 0) this.id = conversation;
    this.turns.push(turn);
  }

  /** Takes up what the panel still shows of an earlier window. @returns whether there was need for it */
  restore(turns: readonly ShownTurn[]): boolean {
    if (this.turns.length > 0) return false;
    this.turns = [...turns];
    return turns.length > 0;
  }

  answer(id: number, response: ShownAnswer): void {
    const turn = this.turns.find((each) => each.id === id);
    if (!turn) return;
    turn.response = response;
    this.answers.fire(turn);
  }

  /** A note that was written after the passage was shown. */
  note(id: number, number: number, note: PassageNote | undefined): void {
    const passage = this.find(id, number);
    if (passage && note) passage.note = note;
  }

  /** What was written about the turns of these numbers, for a model that goes on from it. */
  written(after: readonly number[]): WrittenTurn[] {
    return this.turns.flatMap(({ id, asking, response }) => {
      if (!after.includes(id) || !response?.answer) return [];
      const { passages, answer } = response;
      return [{ question: slashCommandOf(asking.question).rest, passages, answer: answer.text }];
    });
  }

  /** @throws Error with a sentence where the panel shows what this window does not hold any more */
  answered(id: number): { asking: Asking; response: ShownAnswer } {
    const turn = this.turns.find((each) => each.id === id);
    if (!turn?.response)
      throw new Error(vscode.l10n.t('This answer is from before the window was loaded anew. Ask again.'));
    return { asking: turn.asking, response: turn.response };
  }

  /** @throws Error as `answered` does */
  passage(id: number, number: number): Passage {
    const passage = this.answered(id).response.passages.find((each) => each.number === number);
    if (!passage) throw new Error(vscode.l10n.t('This answer has no passage {0}.', number));
    return passage;
  }

  find(id: number, number: number): Passage | undefined {
    return this.turns
      .find((turn) => turn.id === id)
      ?.response?.passages.find((passage) => passage.number === number);
  }
}

/** Where a passage stands in its file's text as it is now. */
export function passageNow({ number, citation, text }: Passage, fileText: string): PassageNow {
  const lines = fileText.split(/\r\n|\r|\n/);
  const expected = text.replace(/\r?\n$/, '').split(/\r\n|\r|\n/);
  return { number, ...findLines(lines, expected, citation.range) };
}
