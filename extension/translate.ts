/**
 * `vscode.l10n.t`, as the pure parts receive it: the English sentence is its own key, `{0}` stands for the first argument.
 * Pure parts get it passed in, so that they need no editor.
 */
export type Translate = (message: string, ...args: (string | number | boolean)[]) => string;

/** English, for tests and wherever there is no editor. */
export const english: Translate = (message, ...args) =>
  message.replace(/\{(\d+)\}/g, (whole, index: string) => {
    const value = args[Number(index)];
    return value === undefined ? whole : String(value);
  });
