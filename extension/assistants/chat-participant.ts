import * as vscode from 'vscode';
import { Ask, AskProgressType } from '../../runtime/protocol/methods';
import type { AskProgress, AskRequest, AskResponse, Passage } from '../../runtime/protocol/questions';
import type { EngineClient } from '../engine/engine-client';
import { isCancellation } from '../errors';
import { escapeMarkdown } from '../status/tooltip';
import { writtenTurn } from './chat-history';
import { CitedText, type CitedPart } from './cited-text';

/** As package.json names it. */
const participantId = 'longview.chat';
const passageLimit = 10;

/** `@longview` in the editor's chat: the passages first, as references and links, then an answer written from them. */
export function chatParticipant(engine: EngineClient): vscode.Disposable {
  const participant = vscode.chat.createChatParticipant(
    participantId,
    async (request, context, stream, token) => {
      const answer = new StreamedAnswer(stream);
      const report = (progress: AskProgress) => {
        if (progress.stage === 'searching') stream.progress(vscode.l10n.t('Searching the index…'));
        if (progress.stage === 'passages') answer.passages(progress.response);
        if (progress.stage === 'answer') answer.begin(progress.model);
        if (progress.stage === 'piece') answer.write(progress.text);
      };
      try {
        const asked = askRequest(request, context);
        const response = await engine.requestWithProgress(
          Ask,
          asked,
          { type: AskProgressType, report },
          token,
        );
        return answer.end(request.prompt, response);
      } catch (error) {
        if (isCancellation(error)) return {};
        throw error;
      }
    },
  );
  participant.iconPath = new vscode.ThemeIcon('search');
  return participant;
}

function askRequest({ prompt, references }: vscode.ChatRequest, { history }: vscode.ChatContext): AskRequest {
  const own = history.filter(({ participant }) => participant === participantId);
  const earlier = own.flatMap((turn) => (turn instanceof vscode.ChatRequestTurn ? [turn.prompt] : []));
  const written = own.flatMap((turn) =>
    turn instanceof vscode.ChatResponseTurn ? (writtenTurn(turn.result.metadata) ?? []) : [],
  );
  // What the editor adds by itself (the open file) is no wish to search there alone.
  const files = references
    .filter(({ id }) => !id.startsWith('vscode.implicit'))
    .map(({ value }) => (value instanceof vscode.Location ? value.uri : value))
    .filter((value) => value instanceof vscode.Uri && value.scheme === 'file')
    .map((value) => (value as vscode.Uri).fsPath);
  return { question: prompt, folders: [], files, earlier, limit: passageLimit, write: { earlier: written } };
}

/** An answer as it comes, in the parts that the editor's chat knows. */
class StreamedAnswer {
  private readonly cited = new CitedText();
  private found: readonly Passage[] = [];

  constructor(private readonly stream: vscode.ChatResponseStream) {}

  passages({ passages }: AskResponse): void {
    if (this.found.length > 0) return;
    this.found = passages;
    for (const passage of passages) {
      const { displayPath, range } = passage.citation;
      this.stream.reference(locationOf(passage));
      this.stream.markdown(`${passage.number}. `);
      this.stream.anchor(locationOf(passage), `${displayPath}:${range.startLine + 1}-${range.endLine + 1}`);
      this.stream.markdown('\n');
    }
  }

  begin(model: string): void {
    const label = vscode.l10n.t('Written by {0}, a model: check it against the passages.', model);
    this.stream.markdown(`\n${escapeMarkdown(label)}\n\n`);
  }

  write(text: string): void {
    this.show(this.cited.add(text));
  }

  end(question: string, response: AskResponse): vscode.ChatResult {
    this.show(this.cited.end());
    this.passages(response);
    const { passages, answer, answerProblem } = response;
    if (passages.length === 0)
      this.stream.markdown(vscode.l10n.t('Nothing in the workspace matches the question.'));
    if (answerProblem !== undefined) return { errorDetails: { message: answerProblem } };
    if (!answer) return {};
    const doubted = answer.doubts.map(({ start, end }) => answer.text.slice(start, end));
    if (doubted.length > 0) {
      const words = vscode.l10n.t('Not confirmed by the passages: {0}', [...new Set(doubted)].join(', '));
      this.stream.markdown(new vscode.MarkdownString(`\n\n$(warning) ${escapeMarkdown(words)}`, true));
    }
    return { metadata: { turn: { question, passages, answer: answer.text } } };
  }

  private show(parts: readonly CitedPart[]): void {
    for (const part of parts) {
      if ('text' in part) {
        this.stream.markdown(part.text);
        continue;
      }
      for (const number of part.numbers) {
        const passage = this.found.find((each) => each.number === number);
        if (passage) this.stream.anchor(locationOf(passage), `[${number}]`);
        else this.stream.markdown(`\\[${number}\\]`);
      }
    }
  }
}

/** The editor selects what a link names: all of its last line as well. */
function locationOf({ citation: { path, range }, text }: Passage): vscode.Location {
  const end = text.split(/\r\n|\r|\n/).at(-1)?.length ?? 0;
  return new vscode.Location(vscode.Uri.file(path), new vscode.Range(range.startLine, 0, range.endLine, end));
}
