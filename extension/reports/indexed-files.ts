import type { IndexedFile, SkipReason } from '../../runtime/protocol/index-status';
import type { Translate } from '../../runtime/protocol/translate';

function reasonWords(reason: SkipReason, t: Translate): string {
  switch (reason) {
    case 'ignored':
      return t('Ignored (.gitignore, .ignore, .longviewignore)');
    case 'excluded':
      return t('Excluded (files.exclude, search.exclude, or always left out)');
    case 'secret':
      return t('May hold secrets');
    case 'binary':
      return t('Binary');
    case 'too-large':
      return t('Too large');
    case 'generated':
      return t('Generated');
    case 'minified':
      return t('Minified');
    case 'unreadable':
      return t('Cannot be read');
    case 'outside':
      return t('Outside the workspace');
  }
}

/** What is in the index and what is not, with the reason, as a Markdown text. */
export function indexedFilesMarkdown(files: readonly IndexedFile[], t: Translate): string {
  const byPath = [...files].sort((a, b) => (a.displayPath < b.displayPath ? -1 : 1));
  const indexed = byPath.filter((file) => !file.skipped);
  const parts = [
    `# ${t('Indexed files')}`,
    '',
    t('{0} files are indexed, {1} are skipped.', indexed.length, byPath.length - indexed.length),
    '',
    `## ${t('Indexed')}`,
    '',
    ...indexed.map((file) => `- ${file.displayPath} (${t('{0} passages', file.chunks)})`),
  ];
  const reasons = new Set(byPath.flatMap((file) => file.skipped ?? []));
  for (const reason of reasons) {
    const skipped = byPath.filter((file) => file.skipped === reason);
    parts.push('', `## ${t('Skipped')}: ${reasonWords(reason, t)} (${skipped.length})`, '');
    parts.push(...skipped.map((file) => `- ${file.displayPath}`));
  }
  return `${parts.join('\n')}\n`;
}
