import path from 'node:path';
import type { AskResponse, Passage } from '../../protocol/questions';
import type { Command } from './index';
import { withEngine } from '../local-engine';
import { UsageError, parse, wholeNumber } from '../options';
import { ProgressBar, milliseconds, print, printJson } from '../output';

const nothing: Record<NonNullable<AskResponse['nothingFound']>, string> = {
  'empty-workspace': 'The folder holds no files that can be searched.',
  'index-empty': 'The index is still empty.',
  'no-match': 'Nothing in the folder matches the question.',
  'index-disabled': 'The index is switched off.',
};

export const ask: Command = {
  name: 'ask',
  usage: 'ask "QUESTION" [DIR] [--limit N] [--json]',
  summary: 'Passages of a folder that answer a question, each with its file and lines.',
  async run(args, signal) {
    const { values, positionals } = parse(args, { limit: { type: 'string' } });
    const [question, dir] = positionals;
    if (!question?.trim()) throw new UsageError('A question is missing.');
    const folder = path.resolve(dir ?? '.');
    const limit = wholeNumber('limit', values.limit, 8, 1);
    const response = await withEngine(values, [folder], async (engine) => {
      const bar = new ProgressBar();
      engine.onIndexStatus(({ filesDone, filesTotal }) => bar.update('indexing', filesDone, filesTotal));
      await engine.indexIdle();
      const answer = await engine.ask({ question, folders: [], limit }, signal, (progress) => {
        if (progress.stage === 'reranking') bar.update('re-ranking', progress.done, progress.total);
      });
      bar.end();
      return answer;
    });
    if (values.json) printJson(response);
    else print(formatAnswer(response));
  },
};

function formatAnswer(response: AskResponse): string {
  if (response.nothingFound) return nothing[response.nothingFound];
  const { ms, filesSearched, passages } = response;
  const cost = `${passages.length} passages from ${filesSearched} files, ${milliseconds(ms.total)}`;
  return [...passages.map(formatPassage), cost].join('\n\n');
}

function formatPassage({ number, citation, title, note, text }: Passage): string {
  const { startLine, endLine } = citation.range;
  const shown = text.split('\n').slice(0, 12);
  const quoted = shown.map((line, i) => `${String(startLine + 1 + i).padStart(6)}  ${line}`);
  if (endLine - startLine >= shown.length) quoted.push('        …');
  return [
    `[${number}] ${citation.displayPath}:${startLine + 1}-${endLine + 1}${title ? `  ${title}` : ''}`,
    ...(note ? [`      ${note.text}${note.source === 'generated' ? ' (generated)' : ''}`] : []),
    ...quoted,
  ].join('\n');
}
