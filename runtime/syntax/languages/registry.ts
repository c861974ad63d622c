import type { LanguageRules } from '../rules';
import { javascriptRules } from './javascript';
import { pythonRules } from './python';

const rules: Record<string, LanguageRules> = {
  typescript: javascriptRules,
  typescriptreact: javascriptRules,
  javascript: javascriptRules,
  javascriptreact: javascriptRules,
  python: pythonRules,
};

/** How to read a language's syntax tree; undefined for languages that have no grammar here. */
export function rulesOf(languageId: string): LanguageRules | undefined {
  return Object.hasOwn(rules, languageId) ? rules[languageId] : undefined;
}
