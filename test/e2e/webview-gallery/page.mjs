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
    let saved = JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined;
    window.acquireVsCodeApi = () => ({
      postMessage: (message) => window.posted.push(message),
      getState: () => saved,
      setState: (state) => sessionStorage.setItem('state', JSON.stringify((saved = state))),
    });`;
}

export async function serve() {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const type = files[url.pathname];
    if (type) {
      response.setHeader('content-type', type);
      response.end(await readFile(path.join(root, 'dist/webview', url.pathname)));
      return;
    }
    const theme = themes[url.searchParams.get('theme') ?? ''];
    if (!theme) {
      response.statusCode = 404;
      response.end();
      return;
    }
    const origin = `http://127.0.0.1:${server.address().port}`;
    const still = url.searchParams.has('still') ? ' vscode-reduce-motion' : '';
    response.setHeader('content-type', 'text/html');
    response.setHeader(
      'content-security-policy',
      `default-src 'none'; style-src ${origin}; script-src 'nonce-${nonce}'`,
    );
    response.end(`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Longview</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css"></head><body><script nonce="${nonce}">${editorScript(theme, theme.classes + still, theme.kind)}</script>
<script nonce="${nonce}" src="/main.js"></script></body></html>`);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}
