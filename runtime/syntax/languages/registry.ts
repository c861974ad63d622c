import type { LanguageRules } from '../rules';
import { cppRules } from './cpp';
import { csharpRules } from './csharp';
import { goRules } from './go';
import { javaRules } from './java';
import { javascriptRules } from './javascript';
import { phpRules } from './php';
import { pythonRules } from './python';
import { rubyRules } from './ruby';
import { rustRules } from './rust';

const rules: Record<string, LanguageRules> = {
  typescript: javascriptRules,
  typescriptreact: javascriptRules,
  javascript: javascriptRules,
  javascriptreact: javascriptRules,
  python: pythonRules,
  go: goRules,
  rust: rustRules,
  java: javaRules,
  c: cppRules,
  cpp: cppRules,
  csharp: csharpRules,
  ruby: rubyRules,
  php: phpRules,
};

/** How to read a language's syntax tree; undefined for languages that have no grammar here. */
export function rulesOf(languageId: string): LanguageRules | undefined {
  return Object.hasOwn(rules, languageId) ? rules[languageId] : undefined;
}
