/** How the model sees the names of documents that have none of its own: with the extension that says their language. */
const extensions: Record<string, string> = {
  typescript: '.ts',
  typescriptreact: '.tsx',
  javascript: '.js',
  javascriptreact: '.jsx',
  python: '.py',
};

/** Path for the model's header: forward slashes, relative, never empty. */
export function headerPath(
  relativePath: string,
  languageId: string,
  kind: 'file' | 'untitled' | 'cell',
): string {
  const slashed = relativePath.replaceAll('\\', '/');
  // Outside every workspace folder the editor answers with the absolute path, which would tell the model nothing.
  const name = /^(\/|[A-Za-z]:)/.test(slashed) ? slashed.slice(slashed.lastIndexOf('/') + 1) : slashed;
  if (kind === 'file') return name;
  const extension = extensions[languageId] ?? '';
  const stem = kind === 'cell' ? name.replace(/\.[^./]+$/, '') : name;
  return stem.endsWith(extension) ? stem : stem + extension;
}
