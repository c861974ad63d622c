/** What a file is made of: language ids, syntax trees, outlines. */
export { documentedSymbols, type DocumentedSymbol } from './documentation';
export { grammarFailures, hasGrammar, openGrammars } from './grammars';
export { languageIdOf } from './language-ids';
export { outlineOf, type Outline } from './outline';
export { soundEnd } from './sound-end';
