import * as vscode from 'vscode';
import { documentation } from '../navigation/documentation';
import { insertion } from '../navigation/insertion';
import type { LineOpener } from '../navigation/open-lines';
import { answerMarkdown } from '../reports/answer-markdown';
import { passageText } from '../reports/passage-text';
import { passageNow, type Conversation } from './conversation';
import type { FromWebview } from '../../runtime/protocol/webview';

type Citation = Extract<FromWebview, { type: 'openCitation' }>;

/** What can be done with an answer once it is there. */
export class AnswerActions {
  constructor(
    private readonly conversation: Conversation,
    private readonly opener: LineOpener,
  ) {}

  /** Opens the lines that were quoted, wherever edits have moved them. */
  async open({ path, range, id, number }: Citation): Promise<void> {
    const passage = this.conversation.find(id, number);
    if (!passage) return this.opener.open(path, range);
    let gone = false;
    await this.opener.open(passage.citation.path, (document) => {
      const now = passageNow(passage, document.getText());
      gone = now.text === 'gone';
      return now.range;
    });
    if (gone)
      void vscode.window.showInformationMessage(
        vscode.l10n.t(
          'These lines are no longer in {0}. Ask again for what is there now.',
          passage.citation.displayPath,
        ),
      );
  }

  /** Puts a passage on the clipboard, with the place it comes from. */
  async copyPassage(id: number, number: number): Promise<void> {
    await copy(passageText(this.conversation.passage(id, number), vscode.l10n.t));
  }

  async copyAnswer(id: number): Promise<void> {
    await copy(this.markdown(id));
  }

  /** Puts what a model wrote on the clipboard. */
  async copyWritten(id: number): Promise<void> {
    const { answer } = this.conversation.answered(id).response;
    if (!answer) throw new Error(vscode.l10n.t('No answer was written.'));
    await copy(answer.text.trim());
  }

  /** Opens the answer as an unsaved Markdown document. */
  async exportAnswer(id: number): Promise<void> {
    const content = this.markdown(id);
    await vscode.window.showTextDocument(
      await vscode.workspace.openTextDocument({ language: 'markdown', content }),
    );
  }

  /** Inserts a passage's code at the cursor of the editor that was used last. */
  async insertPassage(id: number, number: number): Promise<void> {
    const { text } = this.conversation.passage(id, number);
    const editor = vscode.window.activeTextEditor ?? vscode.window.visibleTextEditors[0];
    if (!editor) throw new Error(vscode.l10n.t('Open a file and place the cursor where the code shall go.'));
    const { document, selection } = editor;
    const indentation = /^[ \t]*/.exec(
      document.lineAt(selection.start.line).text.slice(0, selection.start.character),
    );
    const code = insertion(text, indentation?.[0] ?? '');
    await editor.edit((edit) => edit.replace(selection, code));
    await vscode.window.showTextDocument(document, { viewColumn: editor.viewColumn });
  }

  /** Writes a passage's generated note into the code that it speaks of, where edits have left it. */
  async insertNote(id: number, number: number): Promise<void> {
    const passage = this.conversation.passage(id, number);
    const { note, citation, languageId } = passage;
    if (note?.source !== 'generated') return;
    let at: { document: vscode.TextDocument; line: number } | undefined;
    await this.opener.open(citation.path, (document) => {
      const { range, text } = passageNow(passage, document.getText());
      const line = range.startLine + note.line - citation.range.startLine;
      if (text !== 'gone' && line >= 0) at = { document, line };
      return range;
    });
    const lines =
      at?.document
        .getText()
        .split(/\r\n|\r|\n/)
        .slice(at.line) ?? [];
    const made = documentation(note.text, languageId, lines);
    if (!at || !made)
      throw new Error(
        vscode.l10n.t(
          'These lines are no longer in {0}. Ask again for what is there now.',
          citation.displayPath,
        ),
      );
    const { document, line } = at;
    const editor = await vscode.window.showTextDocument(document);
    await editor.edit((edit) => edit.insert(new vscode.Position(line + made.before, 0), made.text));
  }

  private markdown(id: number): string {
    const { asking, response } = this.conversation.answered(id);
    return answerMarkdown(asking.question, response, vscode.l10n.t);
  }
}

async function copy(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
}
