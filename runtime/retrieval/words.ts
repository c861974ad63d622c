/**
 * Words of code and of questions, brought to one form: identifiers are cut at case changes, digits and underscores,
 * abbreviations that programmers use are written out, and what is left is stemmed. The same function feeds the index,
 * the query and the highlights, so that they cannot disagree.
 */
import { stem } from './stem';

/** A word as it stands in a text (UTF-16 offsets) and the term it is indexed under. */
export interface Word {
  term: string;
  start: number;
  end: number;
}

const IDENTIFIER = /[\p{L}\p{N}_$]+/gu;
/** `HTTPServer2` -> HTTP, Server, 2; letters of scripts without case stay together. */
const PART = /\p{Lu}+(?=\p{Lu}\p{Ll})|\p{Lu}?\p{Ll}+|\p{Lu}+|\p{Lo}+|\p{N}+/gu;

/** What code shortens and questions write out. Looked up before stemming, on both sides. */
const ABBREVIATIONS = new Map(
  Object.entries({
    arg: 'argument',
    args: 'argument',
    async: 'asynchronous',
    attr: 'attribute',
    attrs: 'attribute',
    auth: 'authentication',
    btn: 'button',
    cb: 'callback',
    cfg: 'configuration',
    char: 'character',
    chars: 'character',
    cmd: 'command',
    conf: 'configuration',
    config: 'configuration',
    configs: 'configuration',
    configure: 'configuration',
    conn: 'connection',
    ctx: 'context',
    db: 'database',
    decl: 'declaration',
    def: 'definition',
    del: 'delete',
    dep: 'dependency',
    deps: 'dependency',
    desc: 'description',
    dest: 'destination',
    dir: 'directory',
    dirs: 'directory',
    doc: 'document',
    docs: 'document',
    documentation: 'document',
    elem: 'element',
    env: 'environment',
    err: 'error',
    errs: 'error',
    evt: 'event',
    exec: 'execute',
    expr: 'expression',
    fmt: 'format',
    fn: 'function',
    func: 'function',
    funcs: 'function',
    hdr: 'header',
    id: 'identifier',
    ids: 'identifier',
    idx: 'index',
    impl: 'implementation',
    info: 'information',
    init: 'initialize',
    iter: 'iterate',
    lang: 'language',
    len: 'length',
    lib: 'library',
    max: 'maximum',
    mem: 'memory',
    mgr: 'manager',
    min: 'minimum',
    mod: 'module',
    msg: 'message',
    msgs: 'message',
    num: 'number',
    obj: 'object',
    op: 'operation',
    opt: 'option',
    opts: 'option',
    param: 'parameter',
    params: 'parameter',
    pkg: 'package',
    pos: 'position',
    prev: 'previous',
    prop: 'property',
    props: 'property',
    proc: 'process',
    pwd: 'password',
    passwd: 'password',
    ptr: 'pointer',
    ref: 'reference',
    refs: 'reference',
    repo: 'repository',
    req: 'request',
    res: 'response',
    resp: 'response',
    ret: 'return',
    sess: 'session',
    spec: 'specification',
    src: 'source',
    std: 'standard',
    str: 'string',
    sync: 'synchronous',
    sys: 'system',
    temp: 'temporary',
    tmp: 'temporary',
    tok: 'token',
    url: 'url',
    util: 'utility',
    utils: 'utility',
    val: 'value',
    vals: 'value',
    var: 'variable',
    vars: 'variable',
    ws: 'websocket',
  }),
);

const cache = new Map<string, string>();
/** Keeps the cache's size flat on endless vocabularies. */
const CACHE_LIMIT = 50_000;

/** A string cut out of a text keeps the whole text in memory; what is kept for long must not. */
function ownCopy(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}

/** The term of one word part. */
export function termOf(part: string): string {
  const known = cache.get(part);
  if (known !== undefined) return known;
  const lower = part.toLowerCase();
  const term = stem(ABBREVIATIONS.get(lower) ?? lower);
  if (cache.size >= CACHE_LIMIT) cache.clear();
  cache.set(ownCopy(part), ownCopy(term));
  return term;
}

/** Longer runs are data, not names. */
const LONGEST_IDENTIFIER = 80;

/** Every part of every identifier, in order. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  for (const match of text.matchAll(IDENTIFIER)) {
    if (match[0].length > LONGEST_IDENTIFIER) continue;
    for (const part of match[0].matchAll(PART)) {
      const start = match.index + part.index;
      words.push({ term: termOf(part[0]), start, end: start + part[0].length });
    }
  }
  return words;
}

/** Terms of one identifier: its parts and, where it has several, the whole. */
const identifiers = new Map<string, readonly string[]>();

function termsOfIdentifier(identifier: string): readonly string[] {
  const known = identifiers.get(identifier);
  if (known) return known;
  const parts = identifier.length > LONGEST_IDENTIFIER ? [] : (identifier.match(PART) ?? []);
  const terms = parts.map(termOf);
  if (parts.length > 1) terms.push(wholeTerm(parts));
  if (identifiers.size >= CACHE_LIMIT) identifiers.clear();
  identifiers.set(ownCopy(identifier), terms);
  return terms;
}

/**
 * The text as the index stores it: all parts and, for names of several parts, the name whole, so that a question
 * which spells `get_user_name` or `getUserName` finds exactly that.
 */
export function indexText(text: string): string {
  const terms: string[] = [];
  for (const identifier of text.match(IDENTIFIER) ?? []) terms.push(...termsOfIdentifier(identifier));
  return terms.join(' ');
}

/** The parts of one name as terms, in order, without the whole. */
export function nameTerms(name: string): string[] {
  return (name.match(PART) ?? []).map(termOf);
}

/** The terms that occur in a text, each once. */
export function termSet(text: string): Set<string> {
  const terms = new Set<string>();
  for (const identifier of text.match(IDENTIFIER) ?? []) {
    for (const term of termsOfIdentifier(identifier)) terms.add(term);
  }
  return terms;
}

/** The term of a whole identifier; undefined when it has one part only. */
export function identifierTerm(identifier: string): string | undefined {
  const parts = identifier.match(PART);
  return parts && parts.length > 1 ? wholeTerm(parts) : undefined;
}

function wholeTerm(parts: readonly string[]): string {
  // The sign keeps it apart from words: `set_up` is not "setup".
  return `${parts.join('').toLowerCase()}0i`;
}
