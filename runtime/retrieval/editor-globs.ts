/**
 * The editor's exclude globs (`files.exclude`, `search.exclude`) as gitignore patterns, so that one matcher serves all.
 * They differ in two points: a glob without a slash means the folder's own level only, and braces list alternatives.
 */
export function globToIgnorePatterns(glob: string): string[] {
  return expandBraces(glob.replace(/\\/g, '/'))
    .map((pattern) => pattern.replace(/^\.?\/+/, '').replace(/\/+$/, ''))
    .filter((pattern) => pattern !== '')
    .map((pattern) => `/${pattern}`);
}

/** `a{b,c}` -> `ab`, `ac`; nested braces too. An unclosed brace is plain text. */
export function expandBraces(glob: string): string[] {
  const open = glob.indexOf('{');
  if (open < 0) return [glob];
  const parts: string[] = [];
  let depth = 0;
  let from = open + 1;
  for (let at = open; at < glob.length; at++) {
    const char = glob[at];
    if (char === '{') depth++;
    else if (char === ',' && depth === 1) {
      parts.push(glob.slice(from, at));
      from = at + 1;
    } else if (char === '}' && --depth === 0) {
      parts.push(glob.slice(from, at));
      const [head, tail] = [glob.slice(0, open), glob.slice(at + 1)];
      return parts.flatMap((part) => expandBraces(`${head}${part}${tail}`));
    }
  }
  return [glob];
}
