import path from 'node:path';
import type { Session } from '../../engine/session';
import type { AskResponse, WrittenAnswer } from '../../protocol/questions';
import type { Command } from './index';
import { modelOf, withEngine } from '../local-engine';
import { UsageError, parse, wholeNumber } from '../options';
import { ProgressBar, milliseconds, print, printJson } from '../output';
import { passageText } from '../passage-text';

/** Of a passage. */
const linesShown = 12;

export const nothingFound: Record<NonNullable<AskResponse['nothingFound']>, string> = {
  'empty-workspace': 'The folder holds no files that can be searched.',
  'index-empty': 'The index is still empty.',
  'no-match': 'Nothing in the folder matches the question.',
  'index-disabled': 'The index is switched off.',
};

export const ask: Command = {
  name: 'ask',
  usage: 'ask "QUESTION" [DIR] [--limit N] [--encoder MODEL] [--write MODEL] [--json]',
  summary: 'Passages of a folder that answer a question, each with its file and lines.',
  details:
    'A MODEL is one that was added, by its name, or a folder.\n' +
    '--encoder compares the question with the vectors of passages too, as far as "index --encoder" has made them.\n' +
    '--write has a model that can converse write an answer from the passages.',
  async run(args, signal) {
    const { values, positionals } = parse(args, {
      limit: { type: 'string' },
      encoder: { type: 'string' },
      write: { type: 'string' },
    });
    const [question, dir] = positionals;
    if (!question?.trim()) throw new UsageError('A question is missing.');
    const folder = path.resolve(dir ?? '.');
    const limit = wholeNumber('limit', values.limit, 8, 1);
    const chatModel = values.write === undefined ? '' : modelOf(values.write);
    const encoderModel = values.encoder === undefined ? '' : modelOf(values.encoder);
    const request = {
      question,
      folders: [],
      limit,
      ...(chatModel !== '' && { write: { earlier: [] } }),
    };
    const job = async (engine: Session) => {
      const bar = new ProgressBar();
      engine.workspace.onStatus(({ filesDone, filesTotal }) => bar.update('indexing', filesDone, filesTotal));
      await engine.workspace.idle();
      // A vector that is being made would have the question wait for it.
      if (encoderModel !== '') await engine.workspace.command('pause');
      const answer = await engine.ask(request, signal, (progress) => {
        if (progress.stage === 'reranking') bar.update('re-ranking', progress.done, progress.total);
      });
      bar.end();
      return answer;
    };
    const response = await withEngine(values, [folder], job, { chatModel, encoderModel });
    if (values.json) printJson(response);
    else print(formatAnswer(response));
  },
};

function formatAnswer(response: AskResponse): string {
  if (response.nothingFound) return nothingFound[response.nothingFound];
  const { ms, filesSearched, passages, answer, answerProblem } = response;
  const meaning = response.byMeaning ? ', by meaning as well' : '';
  const cost = `${passages.length} passages from ${filesSearched} files${meaning}, ${milliseconds(ms.total)}`;
  const written = answer ? writtenText(answer) : answerProblem === undefined ? [] : [answerProblem];
  return [...passages.map((passage) => passageText(passage, linesShown)), ...written, cost].join('\n\n');
}

function writtenText({ model, text, doubts, cost }: WrittenAnswer): string[] {
  const doubted = [...new Set(doubts.map(({ start, end }) => text.slice(start, end)))];
  return [
    `Written by ${model}, a model: check it against the passages.`,
    text.trim(),
    ...(doubted.length > 0 ? [`Not confirmed by the passages: ${doubted.join(', ')}`] : []),
    `${cost.tokensRead} tokens read, ${cost.tokensGenerated} written, ${milliseconds(cost.ms)}`,
  ];
}
