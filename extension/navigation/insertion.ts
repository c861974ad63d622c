/** A passage as it goes in at the cursor: its own shared indentation off, that of the cursor's line on. */
export function insertion(text: string, indentation: string): string {
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
  const shared = Math.min(
    ...lines.filter((line) => line.trim() !== '').map((line) => /^[ \t]*/.exec(line)?.[0].length ?? 0),
    1000,
  );
  return lines
    .map((line) => line.slice(shared))
    .map((line, at) => (at === 0 || line === '' ? line : indentation + line))
    .join('\n');
}
