/** UTF-16 units of other cells that are sent along; the nearest ones, since the model reads a few thousand tokens. */
const beforeLimit = 24_000;
const afterLimit = 4_000;

export interface Cell {
  languageId: string;
  text: string;
}

/** The cells before and after one, in its language, joined and cut at whole cells (or lines, where a cell is huge). */
export function notebookContext(cells: readonly Cell[], index: number): { before: string; after: string } {
  const languageId = cells[index]?.languageId;
  const texts = (slice: readonly Cell[]) =>
    slice
      .filter((cell) => cell.languageId === languageId && cell.text.trim() !== '')
      .map((cell) => cell.text);
  return {
    before: lastLines(texts(cells.slice(0, index)).join('\n'), beforeLimit),
    after: firstLines(texts(cells.slice(index + 1)).join('\n'), afterLimit),
  };
}

function lastLines(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const cut = text.slice(-limit);
  return cut.slice(cut.indexOf('\n') + 1);
}

function firstLines(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const cut = text.slice(0, limit);
  return cut.slice(0, cut.lastIndexOf('\n') + 1);
}
