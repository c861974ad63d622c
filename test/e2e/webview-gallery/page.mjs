/* global URL */
/** Serves the built view as the editor does: one page under the real content security policy, the theme on its root. */
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { themes } from './themes.mjs';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const files = { '/main.js': 'text/javascript', '/style.css': 'text/css' };
const nonce = 'gallery';

/** Stands in for the editor: its API object, its theme variables, its rules for a webview's body. */
function editorScript({ colors, shell }, classes, kind) {
  return `
    document.documentElement.style.background = ${JSON.stringify(shell)};
    for (const [name, value] of Object.entries(${JSON.stringify(colors)})) document.documentElement.style.setProperty('--vscode-' + name, value);
    document.body.className = ${JSON.stringify(classes)};
    document.body.dataset.vscodeThemeKind = ${JSON.stringify(kind)};
    window.posted = [];
    let saved = location.search.includes('fresh') ? undefined : JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined;
    window.acquireVsCodeApi = () => ({
      postMessage: (message) => window.posted.push(message),
      getState: () => saved,
      setState: (state) => sessionStorage.setItem('state', JSON.stringify((saved = state))),
    });`;
}

/** Rules that the editor gives every webview, which ours have to stand up to. */
const editorStyles = `
  body { background-color: transparent; color: var(--vscode-editor-foreground); font-family: var(--vscode-font-family);
    font-weight: var(--vscode-font-weight); font-size: var(--vscode-font-size); margin: 0; padding: 0 20px; }
  a, a code { color: var(--vscode-textLink-foreground); }
  a:hover { color: var(--vscode-textLink-activeForeground); }
  a:focus, input:focus, select:focus, textarea:focus { outline: 1px solid -webkit-focus-ring-color; outline-offset: -1px; }
  code { font-family: monospace; color: #d70; background-color: #8888; padding: 1px 3px; border-radius: 4px; }
  ::-webkit-scrollbar { width: 10px; height: 10px; }
  ::-webkit-scrollbar-thumb { background-color: var(--vscode-scrollbarSlider-background); }`;

export async function serve() {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const type = files[url.pathname];
    if (type) {
      response.setHeader('content-type', type);
      response.end(await readFile(path.join(root, 'dist/webview', url.pathname)));
      return;
    }
    if (url.pathname === '/editor.css') {
      response.setHeader('content-type', 'text/css');
      response.end(editorStyles);
      return;
    }
    if (url.pathname === '/favicon.ico') {
      response.statusCode = 204;
      response.end();
      return;
    }
    const theme = themes[url.searchParams.get('theme') ?? ''];
    if (!theme) {
      response.statusCode = 404;
      response.end();
      return;
    }
    const origin = `http://127.0.0.1:${server.address().port}`;
    response.setHeader('content-type', 'text/html');
    response.setHeader(
      'content-security-policy',
      `default-src 'none'; style-src ${origin}; script-src 'nonce-${nonce}'`,
    );
    response.end(`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Longview</title>
<link rel="stylesheet" href="/editor.css"><link rel="stylesheet" href="/style.css"></head><body data-words="${(url.searchParams.get('words') ?? '').replaceAll('"', '&quot;')}"><script nonce="${nonce}">${editorScript(theme, `${theme.classes} vscode-reduce-motion`, theme.kind)}</script>
<script nonce="${nonce}" src="/main.js"></script></body></html>`);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}
