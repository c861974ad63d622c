/** Schemes whose documents Longview reads. Chat inputs, output channels, diffs and commit messages are not among them. */
export const documentSchemes = ['file', 'untitled', 'vscode-notebook-cell'] as const;

/** UTF-16 units. Larger documents are neither sent to the engine nor completed. */
export const documentSizeLimit = 2_000_000;

export function isReadScheme(scheme: string): boolean {
  return documentSchemes.some((known) => known === scheme);
}

/**
 * Whether the engine needs a copy of a document.
 * @param languages those that the model knows; undefined while it has not said so yet
 */
export function isForEngine(
  document: { scheme: string; languageId: string; length: number },
  languages: readonly string[] | undefined,
): boolean {
  return (
    isReadScheme(document.scheme) &&
    document.length <= documentSizeLimit &&
    (languages === undefined || languages.includes(document.languageId))
  );
}
