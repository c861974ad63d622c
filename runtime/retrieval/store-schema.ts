/**
 * Tables of the index file. Content is addressed by its hash: a renamed file or a branch switched back to finds its
 * chunks again. The full-text table holds terms only (no text), in three columns that weigh differently.
 */
export const SCHEMA_VERSION = 4;

/** "LVIX": marks a SQLite file as ours. */
export const APPLICATION_ID = 0x4c564958;

export const SCHEMA = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- identifiers: each once, of code; empty for prose and data (see references.ts).
CREATE TABLE contents (
  id INTEGER PRIMARY KEY,
  hash TEXT NOT NULL,
  language TEXT NOT NULL,
  identifiers TEXT NOT NULL,
  unused_since INTEGER,
  UNIQUE (hash, language)
);

-- path: relative to the workspace folder, forward slashes. Exactly one of content_id and skipped is set.
CREATE TABLE files (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,
  size INTEGER NOT NULL,
  mtime REAL NOT NULL,
  content_id INTEGER REFERENCES contents (id),
  skipped TEXT
);
CREATE INDEX files_by_content ON files (content_id);

CREATE TABLE chunks (
  id INTEGER PRIMARY KEY,
  content_id INTEGER NOT NULL REFERENCES contents (id),
  start_line INTEGER NOT NULL,
  end_line INTEGER NOT NULL,
  title TEXT,
  kind TEXT NOT NULL,
  exported INTEGER NOT NULL,
  symbols TEXT NOT NULL,
  doc TEXT NOT NULL,
  text TEXT NOT NULL
);
CREATE INDEX chunks_by_content ON chunks (content_id);

CREATE TABLE symbols (
  content_id INTEGER NOT NULL REFERENCES contents (id),
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  start_line INTEGER NOT NULL,
  end_line INTEGER NOT NULL,
  name_line INTEGER NOT NULL,
  exported INTEGER NOT NULL
);
CREATE INDEX symbols_by_name ON symbols (name);
CREATE INDEX symbols_by_content ON symbols (content_id);

-- key: last part of the source, as files are looked up by it (see imports.ts).
CREATE TABLE imports (
  content_id INTEGER NOT NULL REFERENCES contents (id),
  key TEXT NOT NULL,
  source TEXT NOT NULL,
  names TEXT NOT NULL,
  line INTEGER NOT NULL
);
CREATE INDEX imports_by_key ON imports (key);
CREATE INDEX imports_by_content ON imports (content_id);

-- hash: of the text that was encoded; the same one, wherever it stands, has one vector. data: its int8 numbers, times
-- scale of length 1. meta.encoder is the key of the encoder of all of them.
CREATE TABLE vectors (
  id INTEGER PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  scale REAL NOT NULL,
  data BLOB NOT NULL
);

-- Apart from the vectors: which chunks have one is asked often, and is to be read from few pages.
CREATE TABLE chunk_vectors (
  chunk_id INTEGER PRIMARY KEY REFERENCES chunks (id),
  vector_id INTEGER NOT NULL
);
CREATE INDEX chunks_by_vector ON chunk_vectors (vector_id);

CREATE VIRTUAL TABLE chunk_terms USING fts5(
  names, docs, body, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 2"
);
CREATE VIRTUAL TABLE chunk_vocabulary USING fts5vocab(chunk_terms, row);
CREATE VIRTUAL TABLE path_terms USING fts5(
  words, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 2"
);
`;
