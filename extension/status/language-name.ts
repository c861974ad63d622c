/** Names that a language's id does not give away by a capital letter. */
const names: Record<string, string> = {
  bat: 'Batch',
  cpp: 'C++',
  csharp: 'C#',
  css: 'CSS',
  cuda: 'CUDA',
  fsharp: 'F#',
  html: 'HTML',
  javascript: 'JavaScript',
  javascriptreact: 'JavaScript (React)',
  json: 'JSON',
  jsonc: 'JSON with comments',
  latex: 'LaTeX',
  objectivec: 'Objective-C',
  php: 'PHP',
  plaintext: 'plain text',
  powershell: 'PowerShell',
  scss: 'SCSS',
  shellscript: 'shell script',
  sql: 'SQL',
  typescript: 'TypeScript',
  typescriptreact: 'TypeScript (React)',
  xml: 'XML',
  yaml: 'YAML',
};

/** How people write the name of a language. The editor has no API that tells. */
export function languageName(id: string): string {
  return names[id] ?? id.charAt(0).toUpperCase() + id.slice(1);
}
