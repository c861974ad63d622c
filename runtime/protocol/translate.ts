/**
 * The editor's translator (`vscode.l10n.t`), as everything that speaks to the user receives it: the English sentence is
 * its own key, `{0}` stands for the first argument. Passed in, so that no part needs an editor to be understood.
 */
export type Translate = (message: string, ...args: (string | number | boolean)[]) => string;

/** English, for tests, for the command line, and wherever there is no translation. */
export const english: Translate = (message, ...args) =>
  message.replace(/\{(\d+)\}/g, (whole, index: string) => {
    const value = args[Number(index)];
    return value === undefined ? whole : String(value);
  });
