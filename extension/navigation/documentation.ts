import { indentationOf } from '../../runtime/completion/indentation';

/** Where a line of documentation goes, and how it is written there. */
export interface Documentation {
  /** Of the code's own lines, the one in front of which it stands. */
  before: number;
  /** With its indentation and its end. */
  text: string;
}

type Style = (text: string, lines: readonly string[]) => Documentation | undefined;

const block: Style = (text, lines) => above(`/** ${text.replaceAll('*/', '* /')} */`, lines);
const lineComment =
  (mark: string): Style =>
  (text, lines) =>
    above(`${mark} ${text}`, lines);

const styles: Record<string, Style> = {
  javascript: block,
  javascriptreact: block,
  typescript: block,
  typescriptreact: block,
  java: block,
  php: block,
  c: block,
  cpp: block,
  csharp: lineComment('///'),
  rust: lineComment('///'),
  go: lineComment('//'),
  ruby: lineComment('#'),
  python: docstring,
};

/** @param lines of the code, from its first; undefined where we do not know how the language documents. */
export function documentation(
  text: string,
  languageId: string,
  lines: readonly string[],
): Documentation | undefined {
  return Object.hasOwn(styles, languageId) ? styles[languageId]?.(text, lines) : undefined;
}

function above(comment: string, lines: readonly string[]): Documentation {
  return { before: 0, text: `${indentationOf(lines[0] ?? '')}${comment}\n` };
}

/** Python documents inside: below the line that ends the signature. */
function docstring(text: string, lines: readonly string[]): Documentation | undefined {
  const definition = lines.findIndex((line) => /^\s*(?:async\s+)?(?:def|class)\b/.test(line));
  if (definition < 0) return undefined;
  const end = lines.findIndex((line, at) => at >= definition && /:\s*(?:#.*)?$/.test(line));
  if (end < 0) return undefined;
  const body = lines.slice(end + 1).find((line) => line.trim() !== '');
  const indentation = body ? indentationOf(body) : `${indentationOf(lines[definition] ?? '')}    `;
  return { before: end + 1, text: `${indentation}"""${text.replaceAll('"""', "'''")}"""\n` };
}
